import type { SymbolRecord } from '../record/stacks.js';
import { dropOldest } from './drop-oldest.js';
import { type FrameView, NO_STACK, OTHER_STACKS, UNKNOWN_FRAME } from './stacks-view.js';

/** Functions told apart, some 20 MB of them; any more are unknown ones. */
const MAX_FRAMES = 100_000;

/** Of them, places in a module that have no name, such as those of compiled code: functions with a name need the room. */
const MAX_NAMELESS = MAX_FRAMES / 2;

/** Addresses remembered, those told longest ago go first: more than src/host/symbols/symbolizer.ts takes for known. */
export const MAX_ADDRESSES = 300_000;

interface Named extends Pick<FrameView, 'label' | 'module'> {
  readonly nameless: boolean;
}

/** What addresses of stacks are: every function has a place in the list of frames. */
export class StackFrames {
  readonly #symbols = new Map<bigint, Named>();
  /** Places of addresses that were asked for, user and kernel ones apart: some architectures give both the same. */
  readonly #placeAt = { user: new Map<bigint, number>(), kernel: new Map<bigint, number>() };
  readonly #frames: FrameView[] = [];
  readonly #places = new Map<string, number>();
  #list: readonly FrameView[] = [];
  #version = 0;
  #nameless = 0;

  readonly unknown = this.#placeOf({ label: UNKNOWN_FRAME, module: null, kernel: false });
  readonly noStack = this.#placeOf({ label: NO_STACK, module: null, kernel: false });
  readonly otherStacks = this.#placeOf({ label: OTHER_STACKS, module: null, kernel: false });

  /** Moves whenever an address that was asked for has become another frame. */
  get version(): number {
    return this.#version;
  }

  tell({ address, name, module, offset }: SymbolRecord): void {
    this.#symbols.delete(address);
    this.#symbols.set(address, this.#shared(named({ name, module, offset })));
    dropOldest(this.#symbols, MAX_ADDRESSES);
    for (const space of ['user', 'kernel'] as const) {
      const before = this.#placeAt[space].get(address);
      if (before === undefined) continue;
      const place = this.#placeFor(address, space);
      this.#placeAt[space].set(address, place);
      if (place !== before) this.#version += 1;
    }
  }

  /** The place of what is at an address now. */
  placeAt(address: bigint, space: 'user' | 'kernel'): number {
    let place = this.#placeAt[space].get(address);
    if (place === undefined) {
      place = this.#placeFor(address, space);
      this.#remember(this.#placeAt[space], address, place);
    }
    return place;
  }

  at(place: number): FrameView | undefined {
    return this.#frames[place];
  }

  /** All frames by their places: a list that does not change later. */
  list(): readonly FrameView[] {
    if (this.#list.length !== this.#frames.length) this.#list = [...this.#frames];
    return this.#list;
  }

  /** What is forgotten here is looked up anew, and may be another frame by then. */
  #remember(places: Map<bigint, number>, address: bigint, place: number): void {
    if (places.size >= MAX_ADDRESSES) {
      places.clear();
      this.#version += 1;
    }
    places.set(address, place);
  }

  #placeFor(address: bigint, space: 'user' | 'kernel'): number {
    const kernel = space === 'kernel';
    const symbol = this.#symbols.get(address);
    if (symbol === undefined) return this.#placeOf({ label: UNKNOWN_FRAME, module: null, kernel });
    const { label, module, nameless } = symbol;
    return this.#placeOf({ label, module, kernel }, nameless);
  }

  /** Addresses of one function share its strings. */
  #shared(one: Named): Named {
    const { label, module, nameless } = one;
    const place =
      this.#places.get(keyOf({ label, module, kernel: false })) ??
      this.#places.get(keyOf({ label, module, kernel: true }));
    const frame = place === undefined ? undefined : this.#frames[place];
    return frame === undefined ? one : { label: frame.label, module: frame.module, nameless };
  }

  #placeOf(frame: FrameView, nameless = false): number {
    const key = keyOf(frame);
    let place = this.#places.get(key);
    if (place === undefined) {
      if (this.#frames.length >= MAX_FRAMES || (nameless && this.#nameless >= MAX_NAMELESS)) return this.unknown;
      if (nameless) this.#nameless += 1;
      place = this.#frames.length;
      this.#frames.push(frame);
      this.#places.set(key, place);
    }
    return place;
  }
}

function keyOf({ kernel, label, module }: FrameView): string {
  return `${kernel ? 'k' : 'u'}${label}\0${module ?? ''}`;
}

function named({ name, module, offset }: Pick<SymbolRecord, 'name' | 'module' | 'offset'>): Named {
  if (name !== null && name !== '') return { label: name, module, nameless: false };
  return { label: module === null ? UNKNOWN_FRAME : `${module}+0x${offset.toString(16)}`, module, nameless: true };
}
