import type { FlameNode, FlameTree } from '../model/flame-tree.js';

/** A frame that is wide enough to be seen, in columns of the page. */
export interface FlameBox {
  readonly node: FlameNode;
  readonly parent: FlameBox | null;
  readonly left: number;
  readonly width: number;
}

/** A row for each depth from the root on, each from left to right. */
export type FlameRows = readonly (readonly FlameBox[])[];

/** The keys of a node and those around it, outermost first, the root's left out: they name it in any snapshot. */
export type FlamePath = readonly string[];

/**
 * Frames as boxes below the one that calls them, as wide as their share of it. What is zoomed into, and all around it,
 * takes the whole width. A zoom that leads nowhere (any more) is followed as far as it goes.
 */
export function layOutFlames(tree: FlameTree, zoom: FlamePath, width: number, maxRows: number): FlameRows {
  let box: FlameBox = { node: tree.root, parent: null, left: 0, width };
  const rows: FlameBox[][] = [[box]];
  for (const key of zoom) {
    const node = tree.children(box.node).find((child) => child.key === key);
    if (node === undefined) break;
    box = { node, parent: box, left: 0, width };
    rows.push([box]);
  }
  while (rows.length < maxRows) {
    const row = (rows.at(-1) ?? []).flatMap((parent) => boxesIn(tree, parent));
    if (row.length === 0) break;
    rows.push(row);
  }
  return rows;
}

/** Edges are rounded, not widths: a frame ends where the next one begins. */
function boxesIn(tree: FlameTree, parent: FlameBox): FlameBox[] {
  const boxes: FlameBox[] = [];
  let sum = 0;
  for (const node of tree.children(parent.node)) {
    const left = columnOf(sum, parent);
    sum += node.value;
    const width = columnOf(sum, parent) - left;
    if (width > 0) boxes.push({ node, parent, left, width });
  }
  return boxes;
}

function columnOf(value: number, { node, left, width }: FlameBox): number {
  return node.value === 0 ? left : left + Math.round((value / node.value) * width);
}

/** The box a path names, or the innermost one around it that is on the screen. */
export function boxAt(rows: FlameRows, path: FlamePath): FlameBox | null {
  let box = rows[0]?.[0] ?? null;
  for (const [depth, key] of path.entries()) {
    const next = rows[depth + 1]?.find(({ node, parent }) => parent === box && node.key === key);
    if (next === undefined) break;
    box = next;
  }
  return box;
}

export function pathOf(box: FlameBox): FlamePath {
  const keys: string[] = [];
  for (let at = box; at.parent !== null; at = at.parent) keys.push(at.node.key);
  return keys.reverse();
}
