import { isIdle, type TimePart } from './cause.js';
import { PART_WORDS } from './part-words.js';
import type { FrameView, StacksView, StackView } from './stacks-view.js';

/** Which tree is drawn of the stacks. */
export interface FlameChoice {
  readonly of: 'faults' | 'offCpu';
  /** What the widths of frames are shares of. */
  readonly by: 'time' | 'count';
  /** What stands outermost: the functions of all threads together, or each thread, or each cause of waits, by itself. */
  readonly outer: 'functions' | 'threads' | 'causes';
  /** Innermost function outermost, its callers within it. */
  readonly reversed: boolean;
  readonly showIdle: boolean;
}

/** A frame with all the stacks that go through it in this place. */
export interface FlameNode {
  /** Names it among its siblings, also in a later snapshot. */
  readonly key: string;
  /** What it says: a function, a thread, a cause. An outside string. */
  readonly label: string;
  /** Null for what is no function. */
  readonly frame: FrameView | null;
  /** Of a cause. */
  readonly part: TimePart | null;
  /** Of `frame` in StacksView.frames; -1 for what is no function. */
  readonly place: number;
  readonly count: number;
  readonly totalNs: number;
  /** `count` or `totalNs`, as was chosen. */
  readonly value: number;
}

interface Grown extends FlameNode {
  /** Places in {@link Rows}. */
  readonly rows: readonly number[];
  /** How many frames of its stacks lie outside of its children. */
  readonly depth: number;
  children: readonly Grown[] | null;
}

/**
 * Stacks merged into a tree of frames. It grows where it is looked at: what is too narrow to be drawn is never split, so
 * that tens of thousands of deep stacks cost little.
 */
export class FlameTree {
  readonly frames: readonly FrameView[];
  /** Idle time set aside: what it comes to. */
  readonly aside: Sum;
  readonly #choice: FlameChoice;
  readonly #stacks: readonly StackView[];
  readonly #rows: Rows;
  readonly #root: Grown;
  /** Place of a frame -> its group, while a node is split; -1 in between. */
  readonly #groupOf: Int32Array;

  constructor(view: StacksView, choice: FlameChoice) {
    const isAside = ({ part }: StackView) => !choice.showIdle && part !== null && isIdle(part);
    const { stacks } = view[choice.of];
    this.frames = view.frames;
    this.aside = sumOf(stacks.filter(isAside));
    this.#choice = choice;
    this.#stacks = stacks.filter((stack) => !isAside(stack));
    this.#rows = rowsOf(this.#stacks, choice.reversed);
    this.#groupOf = new Int32Array(view.frames.length).fill(-1);
    this.#root = this.#grown({ key: '', label: 'all' }, this.#summed([...this.#stacks.keys()]), 0);
  }

  get root(): FlameNode {
    return this.#root;
  }

  /** Of a node of this tree, most first. */
  children(node: FlameNode): readonly FlameNode[] {
    const grown = node as Grown;
    grown.children ??= this.#split(grown).sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
    return grown.children;
  }

  /** Share of the node's stacks with a frame that `matches` has a 1 for; null where it has no value. */
  matchedShare(node: FlameNode, matches: Uint8Array): number | null {
    if (node.value === 0) return null;
    const { places, begins, counts, times } = this.#rows;
    const values = this.#choice.by === 'time' ? times : counts;
    let matched = 0;
    for (const row of (node as Grown).rows) {
      const end = begins[row + 1] ?? 0;
      let at = begins[row] ?? 0;
      while (at < end && matches[places[at] ?? 0] !== 1) at += 1;
      if (at < end) matched += values[row] ?? 0;
    }
    return matched / node.value;
  }

  #split(node: Grown): Grown[] {
    return node === this.#root && this.#choice.outer !== 'functions' ? this.#outermost() : this.#functions(node);
  }

  #outermost(): Grown[] {
    const groups = new Map<string, { readonly of: Named; readonly rows: number[] }>();
    for (const [row, stack] of this.#stacks.entries()) {
      const of = this.#choice.outer === 'threads' ? threadOf(stack) : causeOf(stack);
      const group = groups.get(of.key) ?? { of, rows: [] };
      groups.set(of.key, group);
      group.rows.push(row);
    }
    return Array.from(groups.values(), ({ of, rows }) => this.#grown(of, this.#summed(rows), 0));
  }

  #functions({ rows, depth }: Grown): Grown[] {
    const { places, begins, counts, times } = this.#rows;
    const groups: (Group & { readonly place: number })[] = [];
    for (const row of rows) {
      const at = (begins[row] ?? 0) + depth;
      if (at >= (begins[row + 1] ?? 0)) continue;
      const place = places[at] ?? 0;
      let group = groups[this.#groupOf[place] ?? -1];
      if (group === undefined) {
        group = { place, rows: [], count: 0, totalNs: 0 };
        this.#groupOf[place] = groups.push(group) - 1;
      }
      group.rows.push(row);
      group.count += counts[row] ?? 0;
      group.totalNs += times[row] ?? 0;
    }
    for (const { place } of groups) this.#groupOf[place] = -1;
    return groups.flatMap(({ place, ...group }) => {
      const frame = this.frames[place];
      return frame === undefined ? [] : [this.#grown(functionOf(frame, place), group, depth + 1)];
    });
  }

  #summed(rows: number[]): Group {
    return { rows, ...sumOf(rows.flatMap((row) => this.#stacks[row] ?? [])) };
  }

  #grown(of: Named, group: Group, depth: number): Grown {
    const value = this.#choice.by === 'time' ? group.totalNs : group.count;
    return { frame: null, part: null, place: -1, ...of, ...group, value, depth, children: null };
  }
}

interface Sum {
  count: number;
  totalNs: number;
}

/** Stacks that go on alike. */
interface Group extends Sum {
  readonly rows: number[];
}

/** The stacks once more, close together in memory: a tree reads their frames again for every depth. */
interface Rows {
  /** The frames of all stacks, one stack behind the other; `begins` has one entry more than there are stacks. */
  readonly places: Int32Array;
  readonly begins: Int32Array;
  readonly counts: Float64Array;
  readonly times: Float64Array;
}

function rowsOf(stacks: readonly StackView[], reversed: boolean): Rows {
  const begins = new Int32Array(stacks.length + 1);
  let end = 0;
  for (const [row, { frames }] of stacks.entries()) {
    end += frames.length;
    begins[row + 1] = end;
  }
  const places = new Int32Array(end);
  for (const [row, { frames }] of stacks.entries()) {
    const begin = begins[row] ?? 0;
    for (let at = 0; at < frames.length; at += 1) {
      places[begin + at] = frames[reversed ? frames.length - 1 - at : at] ?? 0;
    }
  }
  return {
    places,
    begins,
    counts: Float64Array.from(stacks, ({ count }) => count),
    times: Float64Array.from(stacks, ({ totalNs }) => totalNs),
  };
}

type Named = Pick<FlameNode, 'key' | 'label'> & Partial<Pick<FlameNode, 'frame' | 'part' | 'place'>>;

function threadOf({ tid, threadName }: StackView): Named {
  if (tid === null) return { key: 'no thread', label: '[no thread]' };
  return { key: `thread ${tid}`, label: `${threadName ?? '-'} ${tid}` };
}

function causeOf({ part }: StackView): Named {
  if (part === null) return { key: 'no cause', label: '[no cause]' };
  return { key: `cause ${part}`, label: PART_WORDS[part].name, part };
}

/** A function of the kernel is marked as flame graphs do everywhere. */
function functionOf(frame: FrameView, place: number): Named {
  const { label, module, kernel } = frame;
  return {
    key: `${kernel ? 'k' : 'u'}${label}\0${module ?? ''}`,
    label: kernel ? `${label}_[k]` : label,
    frame,
    place,
  };
}

function sumOf(stacks: readonly StackView[]): Sum {
  let count = 0;
  let totalNs = 0;
  for (const stack of stacks) {
    count += stack.count;
    totalNs += stack.totalNs;
  }
  return { count, totalNs };
}

/** The latest tree of a snapshot's stacks: frames and keys ask for the same one again and again. */
const latest = new WeakMap<StacksView, { readonly choice: string; readonly tree: FlameTree }>();

export function flameTree(view: StacksView, { of, by, outer, reversed, showIdle }: FlameChoice): FlameTree {
  const choice = [of, by, outer, reversed, showIdle].join();
  const known = latest.get(view);
  if (known?.choice === choice) return known.tree;
  const tree = new FlameTree(view, { of, by, outer, reversed, showIdle });
  latest.set(view, { choice, tree });
  return tree;
}
