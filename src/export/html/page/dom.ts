type Constructor<Kind> = new () => Kind;

/** Elements of one kind below a root, in order. */
export function all<Kind extends Element>(root: ParentNode, selector: string, kind: Constructor<Kind>): Kind[] {
  return [...root.querySelectorAll(selector)].filter((element): element is Kind => element instanceof kind);
}

/** The first of them; undefined where there is none. */
export function first<Kind extends Element>(
  root: ParentNode,
  selector: string,
  kind: Constructor<Kind>,
): Kind | undefined {
  return all(root, selector, kind)[0];
}
