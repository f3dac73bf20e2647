import { isIdle, type TimePart } from '../model/cause.js';
import type { FrameView, StacksView, StackView } from '../model/stacks-view.js';
import { PART_WORDS } from './words.js';

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
  readonly stacks: readonly StackView[];
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
  readonly aside: { readonly count: number; readonly totalNs: number };
  readonly #choice: FlameChoice;
  readonly #root: Grown;
  /** Place of a frame -> its group, while a node is split; -1 in between. */
  readonly #groupOf: Int32Array;

  constructor(view: StacksView, choice: FlameChoice) {
    const { frames } = view;
    const { stacks } = view[choice.of];
    this.frames = frames;
    this.#choice = choice;
    this.#groupOf = new Int32Array(frames.length).fill(-1);
    const isAside = ({ part }: StackView) => !choice.showIdle && part !== null && isIdle(part);
    this.#root = this.#grown(
      { key: '', label: 'all' },
      stacks.filter((stack) => !isAside(stack)),
      0,
    );
    this.aside = sumOf(stacks.filter(isAside));
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
    let matched = 0;
    for (const stack of (node as Grown).stacks) {
      if (stack.frames.some((place) => matches[place] === 1)) matched += this.#valueOf(stack);
    }
    return matched / node.value;
  }

  #split(node: Grown): Grown[] {
    return node === this.#root && this.#choice.outer !== 'functions' ? this.#outermost() : this.#functions(node);
  }

  #outermost(): Grown[] {
    const groups = new Map<string, { readonly of: Named; readonly stacks: StackView[] }>();
    for (const stack of this.#root.stacks) {
      const of = this.#choice.outer === 'threads' ? threadOf(stack) : causeOf(stack);
      const group = groups.get(of.key) ?? { of, stacks: [] };
      groups.set(of.key, group);
      group.stacks.push(stack);
    }
    return Array.from(groups.values(), ({ of, stacks }) => this.#grown(of, stacks, 0));
  }

  #functions({ stacks, depth }: Grown): Grown[] {
    const groups: { readonly place: number; readonly stacks: StackView[] }[] = [];
    for (const stack of stacks) {
      const { frames } = stack;
      const place = frames[this.#choice.reversed ? frames.length - 1 - depth : depth];
      if (place === undefined) continue;
      const at = this.#groupOf[place] ?? -1;
      if (at >= 0) groups[at]?.stacks.push(stack);
      else {
        this.#groupOf[place] = groups.length;
        groups.push({ place, stacks: [stack] });
      }
    }
    for (const { place } of groups) this.#groupOf[place] = -1;
    return groups.flatMap(({ place, stacks: own }) => {
      const frame = this.frames[place];
      return frame === undefined ? [] : [this.#grown(functionOf(frame, place), own, depth + 1)];
    });
  }

  #grown(of: Named, stacks: readonly StackView[], depth: number): Grown {
    const sum = sumOf(stacks);
    const value = this.#choice.by === 'time' ? sum.totalNs : sum.count;
    return { frame: null, part: null, place: -1, ...of, ...sum, value, stacks, depth, children: null };
  }

  #valueOf({ count, totalNs }: StackView): number {
    return this.#choice.by === 'time' ? totalNs : count;
  }
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

function sumOf(stacks: readonly StackView[]): { count: number; totalNs: number } {
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
