import type { Dice } from './dice.js';
import { bucketOf, cellKey, KernelMap, pair, tuple } from './kernel-map.js';
import type { SimThread } from './threads-script.js';
import { SECOND } from './threads-script.js';

const LOCK = (202 << 4) | 1;

/** bpf/wakers.bt: threads of the target wake each other, and so do processes that come and go. */
export class WakersScript {
  readonly #dice: Dice;
  readonly #baseNs: bigint;
  readonly #wakes: KernelMap;
  readonly #chains: KernelMap;
  #dumps = 0;
  #told = 0;

  constructor(dice: Dice, baseNs: bigint, mapKeys: number) {
    this.#dice = dice;
    this.#baseNs = baseNs;
    this.#wakes = new KernelMap(mapKeys);
    this.#chains = new KernelMap(mapKeys);
  }

  /** The set is stopped and started again. */
  restart(): void {
    this.#wakes.clear();
    this.#chains.clear();
    this.#wakes.lost = 0;
    this.#dumps = 0;
    this.#told = 0;
  }

  *begin(nowNs: number): Generator<string> {
    yield `A ${this.#baseNs + BigInt(nowNs)} 1`;
  }

  *second(nowNs: number, threads: readonly SimThread[], pid: number): Generator<string> {
    for (let wakes = 0; wakes < 60; wakes += 1) {
      const { tid, generation } = this.#dice.of(threads);
      const [kind, id] = this.#dice.oneIn(4) ? [2, pid] : [1, this.#dice.of(threads).tid];
      this.#wakes.add(`${cellKey(tid, generation, LOCK, kind)}, ${id}`, this.#dice.below(SECOND));
      if (kind === 1 && this.#dice.oneIn(10)) {
        const who = (BigInt(id) << 32n) | BigInt(id);
        this.#chains.add(`${cellKey(tid, generation, 0, 0)}, ${who}`, this.#dice.below(1_000_000));
      }
    }
    this.#dumps += 1;
    yield `D ${this.#dumps} ${this.#baseNs + BigInt(nowNs)}`;
    yield* this.#wakes.print(tuple('w'));
    yield* this.#chains.print(pair('chain'));
    if (this.#wakes.lost > this.#told) yield `@lost[0]: ${this.#wakes.lost}`;
    this.#told = this.#wakes.lost;
    yield `E ${this.#dumps}`;
  }
}

/** bpf/requests.bt and bpf/storage.bt have a few hundred cells, whatever happens. */
export class FewCells {
  readonly #dice: Dice;
  readonly #baseNs: bigint;
  readonly #keyOf: (bucket: number) => string;
  readonly #line: (key: string, row: readonly [number, number, number]) => string;
  readonly #cells = new KernelMap(4096);
  #dumps = 0;

  constructor(
    dice: Dice,
    baseNs: bigint,
    keyOf: (bucket: number) => string,
    line: (key: string, row: readonly [number, number, number]) => string,
  ) {
    this.#dice = dice;
    this.#baseNs = baseNs;
    this.#keyOf = keyOf;
    this.#line = line;
  }

  *second(nowNs: number): Generator<string> {
    for (let times = 0; times < 20; times += 1) {
      const ns = 1000 + this.#dice.below(10 ** (4 + this.#dice.below(4)));
      this.#cells.add(this.#keyOf(bucketOf(ns)), ns);
    }
    this.#dumps += 1;
    yield `D ${this.#dumps} ${this.#baseNs + BigInt(nowNs)}`;
    yield* this.#cells.print(this.#line);
    yield `E ${this.#dumps}`;
  }
}

export function requestsScript(dice: Dice, baseNs: bigint): FewCells {
  return new FewCells(dice, baseNs, String, tuple('h'));
}

/** Reads of one device by the target's faults: the device, the origin 0, the stage 2. */
export function storageScript(dice: Dice, baseNs: bigint): FewCells {
  const device = (8n << 20n) | 1n;
  return new FewCells(
    dice,
    baseNs,
    (bucket) => String((device << 13n) | (2n << 8n) | BigInt(bucket)),
    (key, [count, total, max]) => `@h[${key}]: (${count}, ${total}, ${max}, ${count * 4096})`,
  );
}
