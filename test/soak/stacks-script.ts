import type { FaultscopeRecord } from '../../src/record/record.js';
import type { Dice } from './dice.js';
import { cellKey, KernelMap, pair } from './kernel-map.js';
import type { SimFault } from './threads-script.js';

/** As src/session/stacks-set.ts sizes them. */
const MAP_KEYS = 2 ** 14;
const BY_THREAD = MAP_KEYS / 2;
/** Compiled code moves: of so many functions one a second gets another address. */
const FUNCTIONS = 2000;
const DEPTH = 12;

/** bpf/stacks.bt on a program whose code is compiled while it runs. */
export class StacksScript {
  readonly #dice: Dice;
  readonly #baseNs: bigint;
  readonly #costs = new KernelMap(MAP_KEYS);
  readonly #stacks = new Map<string, number>();
  readonly #code: { readonly address: bigint; readonly name: string }[] = [];
  readonly #totals = { count: 0, ns: 0 };
  #news: string[] = [];
  #symbols: FaultscopeRecord[] = [];
  #compiled = 0;
  #dumps = 0;

  constructor(dice: Dice, baseNs: bigint) {
    this.#dice = dice;
    this.#baseNs = baseNs;
    for (let index = 0; index < FUNCTIONS; index += 1) this.#compile(index, 0);
  }

  /** The set is stopped and started again. */
  restart(): void {
    this.#costs.clear();
    this.#stacks.clear();
    Object.assign(this.#totals, { count: 0, ns: 0 });
    this.#dumps = 0;
  }

  *begin(nowNs: number): Generator<string> {
    yield `A ${this.#at(nowNs)} 1`;
  }

  *second(nowNs: number, faults: readonly SimFault[]): Generator<string> {
    for (let moved = 0; moved < 5; moved += 1) this.#compile(this.#dice.below(FUNCTIONS), nowNs);
    for (const { thread, ns } of faults) this.#fault(thread, ns);
    yield* this.#dump(nowNs);
  }

  /** Names of addresses, to be told before the stacks. */
  symbols(): FaultscopeRecord[] {
    return this.#symbols.splice(0);
  }

  #compile(index: number, nowNs: number): void {
    this.#compiled += 1;
    const address = 0x6000_0000_0000n + BigInt(this.#compiled) * 256n;
    // Every other one is of a runtime that says nothing of what it compiles.
    const name = index % 2 === 0 ? `compiled${index}` : null;
    this.#code[index] = { address, name: name ?? '' };
    const module = name === null ? '[anon]' : '[jit]';
    this.#symbols.push({
      kind: 'symbol',
      atNs: this.#at(nowNs),
      address,
      name,
      module,
      offset: address & 0xffff_ffffn,
    });
  }

  #fault({ tid, generation }: SimFault['thread'], ns: number): void {
    this.#totals.count += 1;
    this.#totals.ns += ns;
    const path = this.#dice.below(500);
    const frames = Array.from({ length: DEPTH }, (_, depth) => this.#code[(path * 7 + depth * 31) % FUNCTIONS]);
    const byThread = this.#stacks.size < BY_THREAD;
    const key = byThread ? cellKey(tid, generation, 0, 0) : '0';
    const stack = frames.map((one) => one?.address.toString(16)).join('\n');
    const known = this.#stacks.get(`${key} ${stack}`);
    if (known === undefined && this.#stacks.size >= MAP_KEYS) return;
    const id = known ?? (this.#stacks.size + 1) * 2 ** 17;
    if (known === undefined) {
      this.#stacks.set(`${key} ${stack}`, id);
      this.#news.push(`@f[${key}, `, ...frames.map((one) => `        ${one?.address.toString(16)}`), `]: ${id}`);
    }
    this.#costs.add(String(id), ns);
  }

  *#dump(nowNs: number): Generator<string> {
    this.#dumps += 1;
    yield `D ${this.#dumps} ${this.#at(nowNs)}`;
    yield* this.#costs.print(pair('o'));
    yield* this.#news;
    this.#news = [];
    const { count, ns } = this.#totals;
    yield `@t[1]: count ${count}, average ${Math.floor(ns / Math.max(1, count))}, total ${ns}`;
    yield `E ${this.#dumps}`;
  }

  #at(ns: number): bigint {
    return this.#baseNs + BigInt(ns);
  }
}
