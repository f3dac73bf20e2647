import { all, first } from './dom.js';

/** One frame: its place in shares of the whole, as it was drawn. */
interface Frame {
  readonly element: SVGSVGElement;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** Zoom, search and keys for every flame graph. */
export function flameGraphs(): void {
  for (const svg of all(document, 'svg.flame', SVGSVGElement)) new FlameGraph(svg);
}

/** Half of the last digit that places are written with: frames side by side overlap by as much. */
const ROUGH = 0.002;

class FlameGraph {
  readonly #frames: readonly Frame[];
  readonly #output: HTMLElement | undefined;
  #zoomed: Frame | undefined;
  #focused: Frame | undefined;

  constructor(svg: SVGSVGElement) {
    this.#frames = all(svg, ':scope > svg', SVGSVGElement).map(frameOf);
    const controls = first(document, `[data-flame-of="${svg.id}"]`, HTMLElement);
    this.#output = controls && first(controls, 'output', HTMLElement);
    svg.setAttribute('role', 'group');
    svg.setAttribute(
      'aria-label',
      `${svg.getAttribute('aria-label') ?? ''} Arrow keys choose a frame, Enter zooms, Escape goes back.`,
    );
    for (const frame of this.#frames) {
      frame.element.setAttribute('role', 'button');
      frame.element.setAttribute('tabindex', '-1');
      frame.element.setAttribute('aria-label', frame.text);
      frame.element.addEventListener('click', () => this.#zoom(frame));
      frame.element.addEventListener('focus', () => this.#say(frame.text));
      frame.element.addEventListener('pointerenter', () => this.#say(frame.text));
      frame.element.addEventListener('keydown', (event) => this.#onKey(event, frame));
    }
    this.#stopAt(this.#frames[0]);
    if (controls === undefined) return;
    controls.hidden = false;
    const search = first(controls, '[data-flame-search]', HTMLInputElement);
    search?.addEventListener('input', () => this.#search(search.value));
    first(controls, '[data-flame-reset]', HTMLButtonElement)?.addEventListener('click', () =>
      this.#zoom(this.#frames[0]),
    );
  }

  #say(text: string): void {
    if (this.#output !== undefined) this.#output.textContent = text;
  }

  /** One frame is a stop for Tab; from there arrows go on. */
  #stopAt(frame: Frame | undefined): void {
    this.#focused?.element.setAttribute('tabindex', '-1');
    frame?.element.setAttribute('tabindex', '0');
    this.#focused = frame;
  }

  #onKey(event: KeyboardEvent, frame: Frame): void {
    const target = this.#target(event.key, frame);
    if (target !== undefined) {
      this.#stopAt(target);
      target.element.focus();
    } else if (event.key === 'Enter' || event.key === ' ') this.#zoom(frame);
    else if (event.key === 'Escape' || event.key === 'Backspace') this.#zoom(this.#callerOf(this.#zoomed ?? frame));
    else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
  }

  #target(key: string, frame: Frame): Frame | undefined {
    if (key === 'ArrowUp') return this.#callerOf(frame);
    if (key === 'ArrowDown') return this.#shown().find((one) => one.depth === frame.depth + 1 && isWithin(one, frame));
    const row = this.#shown().filter(({ depth }) => depth === frame.depth);
    const at = row.indexOf(frame);
    if (key === 'ArrowLeft') return row[at - 1];
    return key === 'ArrowRight' ? row[at + 1] : undefined;
  }

  #callerOf(frame: Frame): Frame | undefined {
    return this.#frames.find((one) => one.depth === frame.depth - 1 && isWithin(frame, one));
  }

  #shown(): Frame[] {
    return this.#frames.filter(({ element }) => !element.classList.contains('out'));
  }

  /** The frame takes the whole width; those that call it stay above. */
  #zoom(frame: Frame | undefined): void {
    const chosen = frame ?? this.#frames[0];
    if (chosen === undefined) return;
    this.#zoomed = chosen;
    const width = chosen.to - chosen.from;
    for (const one of this.#frames) {
      const calls = one.depth < chosen.depth && isWithin(chosen, one);
      const inside = one.depth >= chosen.depth && isWithin(one, chosen);
      one.element.classList.toggle('out', !calls && !inside);
      one.element.classList.toggle('around', calls);
      const [from, to] = calls
        ? [0, 100]
        : [one.from - chosen.from, one.to - chosen.from].map((at) => (at / width) * 100);
      one.element.setAttribute('x', `${from}%`);
      one.element.setAttribute('width', `${Math.max(0, (to ?? 0) - (from ?? 0))}%`);
    }
    if (this.#focused?.element.classList.contains('out')) this.#stopAt(chosen);
  }

  /** Marks what matches and says what share of all it is, at least: what is not drawn is not searched. */
  #search(text: string): void {
    const wanted = text.trim().toLowerCase();
    const found: Frame[] = [];
    for (const frame of this.#frames) {
      const matches = wanted !== '' && frame.depth > 0 && frame.text.toLowerCase().includes(wanted);
      frame.element.classList.toggle('found', matches);
      if (matches && !found.some((one) => isWithin(frame, one))) found.push(frame);
    }
    const share = found.reduce((sum, { from, to }) => sum + to - from, 0);
    this.#say(wanted === '' ? '' : `matched ${share.toFixed(1)}% at least`);
  }
}

function frameOf(element: SVGSVGElement): Frame {
  const from = element.x.baseVal.valueInSpecifiedUnits;
  const title = first(element, 'title', SVGTitleElement);
  const text = title?.textContent ?? '';
  return {
    element,
    text,
    from,
    to: from + element.width.baseVal.valueInSpecifiedUnits,
    depth: Math.round(element.y.baseVal.value / (element.height.baseVal.value + 1)),
  };
}

function isWithin(inner: Frame, outer: Frame): boolean {
  return inner.from >= outer.from - ROUGH && inner.to <= outer.to + ROUGH;
}
