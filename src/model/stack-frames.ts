import type { SymbolRecord } from '../record/stacks.js';
import { type FrameView, NO_STACK, OTHER_STACKS, UNKNOWN_FRAME } from './stacks-view.js';

/** Functions told apart, some 20 MB of them; any more are unknown ones. */
const MAX_FRAMES = 100_000;

type Symbol = Pick<SymbolRecord, 'name' | 'module' | 'offset'>;

/** What addresses of stacks are: every function has a place in the list of frames. */
export class StackFrames {
  readonly #symbols = new Map<bigint, Symbol>();
  /** Places of addresses that were asked for, user and kernel ones apart: some architectures give both the same. */
  readonly #placeAt = { user: new Map<bigint, number>(), kernel: new Map<bigint, number>() };
  readonly #frames: FrameView[] = [];
  readonly #places = new Map<string, number>();
  #list: readonly FrameView[] = [];
  #version = 0;

  readonly unknown = this.#placeOf({ label: UNKNOWN_FRAME, module: null, kernel: false });
  readonly noStack = this.#placeOf({ label: NO_STACK, module: null, kernel: false });
  readonly otherStacks = this.#placeOf({ label: OTHER_STACKS, module: null, kernel: false });

  /** Moves whenever an address that was asked for has become another frame. */
  get version(): number {
    return this.#version;
  }

  tell({ address, name, module, offset }: SymbolRecord): void {
    this.#symbols.set(address, { name, module, offset });
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
      this.#placeAt[space].set(address, place);
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

  #placeFor(address: bigint, space: 'user' | 'kernel'): number {
    const kernel = space === 'kernel';
    const symbol = this.#symbols.get(address);
    if (symbol === undefined) return this.#placeOf({ label: UNKNOWN_FRAME, module: null, kernel });
    return this.#placeOf({ label: labelOf(symbol), module: symbol.module, kernel });
  }

  #placeOf(frame: FrameView): number {
    const key = `${frame.kernel ? 'k' : 'u'}${frame.label}\0${frame.module ?? ''}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      if (this.#frames.length >= MAX_FRAMES) return this.unknown;
      place = this.#frames.length;
      this.#frames.push(frame);
      this.#places.set(key, place);
    }
    return place;
  }
}

function labelOf({ name, module, offset }: Symbol): string {
  if (name !== null && name !== '') return name;
  return module === null ? UNKNOWN_FRAME : `${module}+0x${offset.toString(16)}`;
}
