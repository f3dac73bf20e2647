import type {
  FaultRecord,
  FunctionRecord,
  GoroutineCensusRecord,
  GoroutineFaultsRecord,
  GoroutineRef,
} from '../record/record.js';
import { dropOldest } from './drop-oldest.js';
import { type GoroutineFunction, type GoroutinesView, type GoroutineView, TOP_GOROUTINES } from './snapshot.js';

/** _Grunning (runtime/runtime2.go): it runs Go code and holds a P. */
const RUNNING = 2;

/** It held a P: everything else waits for it, or for another one. */
export function holdsP({ status }: GoroutineRef): boolean {
  return status === RUNNING;
}

/** How many single goroutines are told apart; of programs with more, those that fault most stay. */
const MAX_GOROUTINES = 2000;

/** How many are counted; beyond, there are at least that many. */
const MAX_SEEN = 50_000;

/** Start functions that are told apart and named: no program has that many. */
export const MAX_FUNCTIONS = 65_536;

/** What a census says of a function that no goroutine is of any more. */
const NOBODY = { runnable: 0, running: 0, syscall: 0, waiting: 0 };

interface Goroutine {
  readonly goid: bigint;
  startPc: bigint;
  weight: number;
  waitNs: number;
  holdingWeight: number;
}

interface Sum {
  faults: number;
  waitNs: number;
  maxNs: number;
  holdingFaults: number;
  holdingWaitNs: number;
}

/** Lays major faults to goroutines: exactly by start function, by single goroutines as far as single faults arrive. */
export class Goroutines {
  readonly #cells = new Map<string, GoroutineFaultsRecord>();
  readonly #names = new Map<bigint, string>();
  readonly #single = new Map<bigint, Goroutine>();
  /** By start function: the fault time that single faults stand for, of all goroutines there ever were. */
  readonly #sampledNs = new Map<bigint, number>();
  readonly #census = new Map<bigint, { active: number; waiting: number; times: number; faults: number }>();
  #isCounted = false;
  /** Kept apart from the figures, so that one whose figures had to go is not counted again. A goid is never used twice. */
  readonly #seen = new Set<bigint>();

  applyCell(record: GoroutineFaultsRecord): void {
    this.#cells.set(`${record.cpu} ${record.startPc} ${record.holding}`, record);
  }

  applyFunction({ pc, name }: FunctionRecord): void {
    this.#names.set(pc, name);
    dropOldest(this.#names, MAX_FUNCTIONS);
  }

  /** The name of the function that begins at an address; null where none was told. */
  nameOf(pc: bigint): string | null {
    return this.#names.get(pc) ?? null;
  }

  /** A function counts only where its goroutines have faulted since the census before: what rested is no part of a load. */
  applyCensus({ cells }: GoroutineCensusRecord): void {
    this.#isCounted = true;
    const counted = new Map(cells.map((cell) => [cell.startPc, cell]));
    for (const [startPc, { faults }] of this.#sums()) {
      const sum = this.#census.get(startPc) ?? { active: 0, waiting: 0, times: 0, faults: 0 };
      this.#census.set(startPc, sum);
      if (faults <= sum.faults) continue;
      const { runnable, running, syscall, waiting } = counted.get(startPc) ?? NOBODY;
      sum.active += runnable + running + syscall;
      sum.waiting += waiting;
      sum.times += 1;
      sum.faults = faults;
    }
  }

  applyFault({ goroutine, weight, latencyNs }: FaultRecord): void {
    if (goroutine === null || goroutine.goid === 0n || weight === 0) return;
    const { goid, startPc } = goroutine;
    let single = this.#single.get(goid);
    if (single === undefined) {
      this.#makeRoom();
      single = { goid, startPc, weight: 0, waitNs: 0, holdingWeight: 0 };
      this.#single.set(goid, single);
    }
    if (this.#seen.size < MAX_SEEN) this.#seen.add(goid);
    single.startPc = startPc;
    single.weight += weight;
    const waitNs = weight * (latencyNs ?? 0);
    single.waitNs += waitNs;
    this.#sampledNs.set(startPc, (this.#sampledNs.get(startPc) ?? 0) + waitNs);
    dropOldest(this.#sampledNs, MAX_FUNCTIONS);
    if (holdsP(goroutine)) single.holdingWeight += weight;
  }

  view(): GoroutinesView | null {
    if (this.#cells.size === 0 && this.#single.size === 0 && !this.#isCounted) return null;
    const functions = this.#functions();
    return { functions, top: this.#top(functions), seen: this.#seen.size };
  }

  #sums(): Map<bigint, Sum> {
    const sums = new Map<bigint, Sum>();
    for (const cell of this.#cells.values()) {
      const sum = sums.get(cell.startPc) ?? { faults: 0, waitNs: 0, maxNs: 0, holdingFaults: 0, holdingWaitNs: 0 };
      sums.set(cell.startPc, sum);
      sum.faults += cell.count;
      sum.waitNs += cell.totalNs;
      sum.maxNs = Math.max(sum.maxNs, cell.maxNs);
      if (cell.holding) {
        sum.holdingFaults += cell.count;
        sum.holdingWaitNs += cell.totalNs;
      }
    }
    return sums;
  }

  #functions(): GoroutineFunction[] {
    return [...this.#sums()]
      .map(([startPc, sum]) => ({
        startPc,
        start: this.#names.get(startPc) ?? null,
        majorFaults: sum.faults,
        faultWaitNs: sum.waitNs,
        maxNs: sum.maxNs,
        holdingFaults: sum.holdingFaults,
        holdingWaitNs: sum.holdingWaitNs,
        census: this.#meanCensus(startPc),
      }))
      .sort((a, b) => b.faultWaitNs - a.faultWaitNs || b.majorFaults - a.majorFaults);
  }

  #meanCensus(startPc: bigint): GoroutineFunction['census'] {
    const sum = this.#census.get(startPc);
    if (sum === undefined || sum.times === 0) return null;
    return { active: sum.active / sum.times, waiting: sum.waiting / sum.times };
  }

  /** A long fault that stands for a hundred weighs too much: together, goroutines took what their function did. */
  #top(functions: readonly GoroutineFunction[]): GoroutineView[] {
    const exact = new Map(functions.map(({ startPc, faultWaitNs }) => [startPc, faultWaitNs]));
    const scaled = (startPc: bigint, waitNs: number): number => {
      const sampledNs = this.#sampledNs.get(startPc) ?? 0;
      return sampledNs === 0 ? 0 : Math.round((waitNs * (exact.get(startPc) ?? sampledNs)) / sampledNs);
    };
    return [...this.#single.values()]
      .map(({ goid, startPc, weight, waitNs, holdingWeight }) => ({
        goid,
        start: this.#names.get(startPc) ?? null,
        majorFaults: weight,
        faultWaitNs: scaled(startPc, waitNs),
        holdingFraction: weight === 0 ? 0 : holdingWeight / weight,
      }))
      .sort((a, b) => b.faultWaitNs - a.faultWaitNs || b.majorFaults - a.majorFaults)
      .slice(0, TOP_GOROUTINES);
  }

  /** Programs with a goroutine a request would fill the memory: the half with the least fault time goes. */
  #makeRoom(): void {
    if (this.#single.size < MAX_GOROUTINES) return;
    const least = [...this.#single.values()].sort((a, b) => a.waitNs - b.waitNs).slice(0, MAX_GOROUTINES / 2);
    for (const { goid } of least) this.#single.delete(goid);
  }
}
