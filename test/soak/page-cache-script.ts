import type { Dice } from './dice.js';
import { KernelMap, number } from './kernel-map.js';
import type { SimFault } from './threads-script.js';
import { SECOND } from './threads-script.js';

const ROWS = 2 ** 15;
const SLOTS = 200;
const KSWAPD = 77;
/** reclaim and kswapd. */
const WAYS = [0, 1];

interface Process {
  readonly pid: number;
  readonly who: bigint;
}

export interface PageCacheOptions {
  readonly baseNs: bigint;
  readonly takePid: () => number;
  /** Files by slot: which inode of which device. */
  readonly files: () => { readonly device: number; readonly inodes: readonly bigint[] };
}

/** bpf/pagecache.bt: a short-lived process every second fills memory and evicts the target's pages. */
export class PageCacheScript {
  readonly #options: PageCacheOptions;
  readonly #dice: Dice;
  readonly #evictions = new KernelMap(ROWS * 2);
  readonly #fills = [new KernelMap(ROWS * 2), new KernelMap(ROWS * 2)];
  readonly #causes = new Map<string, { row: number; what: bigint; who: bigint; sums: number[] }>();
  readonly #changed = new Set<string>();
  #processes: Process[] = [];
  #slots: readonly bigint[] = [];
  #epoch = 0;
  #sequence = 0;
  #dumps = 0;

  constructor(options: PageCacheOptions, dice: Dice) {
    this.#options = options;
    this.#dice = dice;
  }

  *begin(nowNs: number): Generator<string> {
    yield `A ${this.#at(nowNs)} 1`;
  }

  *second(nowNs: number, faults: readonly SimFault[]): Generator<string> {
    yield* this.#newProcess(nowNs);
    for (const { who } of this.#processes) {
      this.#fill(String(who), (1 + this.#dice.below(200)) * 4096);
      if (this.#dice.oneIn(2)) this.#evict(who);
    }
    for (const fault of faults) this.#cause(fault, nowNs);
    yield* this.#dump(nowNs);
  }

  *#newProcess(nowNs: number): Generator<string> {
    const pid = this.#options.takePid();
    const who = (BigInt(pid) << 14n) | BigInt(this.#dice.below(2 ** 14));
    this.#processes = [...this.#processes.slice(-9), { pid, who }];
    this.#sequence += 1;
    yield `P 0 ${this.#sequence} ${this.#at(nowNs - SECOND / 2)} ${who} 0 ${commOf(`job-${pid}`)} 0`;
  }

  #fill(who: string, bytes: number): void {
    const inUse = this.#fills[this.#epoch % 2];
    inUse?.add(who, 0, bytes);
    if ((inUse?.size ?? 0) <= ROWS) return;
    this.#epoch += 1;
    this.#fills[this.#epoch % 2]?.clear();
  }

  #evict(who: bigint): void {
    const isKnown = this.#evictions.size < ROWS;
    const way = this.#dice.of(WAYS);
    const slot = this.#dice.below(SLOTS) + 1;
    const by = !isKnown ? 0n : way === 1 ? BigInt(KSWAPD) << 14n : who;
    const key = (by << 28n) | (BigInt(way) << 25n) | (BigInt(slot) << 9n);
    this.#evictions.add(String(BigInt.asIntN(64, key)), 0, 1 + this.#dice.below(100));
  }

  #cause({ ns }: SimFault, nowNs: number): void {
    const isKnown = this.#causes.size < ROWS;
    const cause = this.#dice.oneIn(2) ? 0 : 1;
    const way = this.#dice.of(WAYS);
    const evictor = this.#dice.of(this.#processes);
    const ageNs = 1 + this.#dice.below(60) * SECOND;
    const who = cause === 0 || !isKnown ? 0n : way === 1 ? BigInt(KSWAPD) << 14n : evictor.who;
    const then = (this.#at(nowNs) - BigInt(ageNs)) >> 30n;
    const tick = cause === 1 && way === 1 && isKnown ? then % 256n : 256n;
    const slot = this.#dice.below(SLOTS) + 1;
    const what = (BigInt(slot) << 24n) | (tick << 12n) | (BigInt(cause === 0 ? 0 : way) << 8n) | BigInt(cause);
    const key = `${what} ${who}`;
    const row = this.#causes.get(key) ?? { row: this.#causes.size + 1, what, who, sums: [0, 0, 0, 0] };
    this.#causes.set(key, row);
    const [count = 0, total = 0, age = 0, oldest = 0] = row.sums;
    row.sums = [count + 1, total + ns, age + (cause === 0 ? 0 : ageNs), Math.max(oldest, cause === 0 ? 0 : ageNs)];
    this.#changed.add(key);
  }

  *#dump(nowNs: number): Generator<string> {
    this.#dumps += 1;
    yield `D ${this.#dumps} ${this.#at(nowNs)} ${this.#epoch} 0`;
    const { device, inodes } = this.#options.files();
    for (const [slot, inode] of inodes.slice(0, SLOTS).entries()) {
      if (this.#slots[slot] !== inode) yield `@slot[${slot + 1}]: (${device}, ${inode})`;
    }
    this.#slots = inodes;
    yield* this.#evictions.print(number('ev'));
    yield* this.#fills[0]?.print(number('f0')) ?? [];
    yield* this.#fills[1]?.print(number('f1')) ?? [];
    for (const key of this.#changed) {
      const row = this.#causes.get(key);
      if (row !== undefined) yield `@c[${row.row}]: (${[row.what, row.who, ...row.sums].join(', ')})`;
    }
    this.#changed.clear();
    yield `@q[0]: ${this.#sequence}`;
    yield `E ${this.#dumps}`;
  }

  #at(ns: number): bigint {
    return this.#options.baseNs + BigInt(ns);
  }
}

function commOf(name: string): bigint {
  const bytes = Buffer.alloc(8);
  bytes.write(name.slice(0, 7));
  return bytes.readBigUInt64LE();
}
