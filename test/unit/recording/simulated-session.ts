import type { FaultscopeRecord, SwitchRecord } from '../../../src/record/record.js';
import { BEGIN, bucketOf, FAULT, FAULT_LATENCY, FUTEX_WAIT, SESSION } from '../model/records.js';

/** What a thread does next: so long on the CPU, on the run queue, and then in a wait. */
export interface Step {
  readonly tid: number;
  readonly runNs: number;
  readonly queueNs: number;
  readonly waitNs: number;
  readonly isFault: boolean;
}

/** How long until the next tick, and what begins before it. */
export interface Interval {
  readonly ns: number;
  readonly steps: readonly Step[];
  /** The script moves on to its other map. */
  readonly newEpoch: boolean;
  /** A thread that ends. */
  readonly ends: number | null;
}

interface Cell {
  count: number;
  totalNs: number;
  maxNs: number;
}

class SimulatedThread {
  readonly tid: number;
  readonly isBorn: boolean;
  #nowNs: bigint;
  #cpuNs = 1_000_000n;
  #queueNs = 500n;
  #faults = 3;
  readonly #firstBlockedNs: bigint;
  #switch: SwitchRecord | null = null;
  #isTold = false;
  #untilNs: bigint | null = null;
  #isFault = false;
  readonly #cells = new Map<string, Cell & { readonly code: number; readonly bucket: number }>();
  #changed = new Set<string>();
  isEnded = false;

  constructor(tid: number, atNs: bigint, isBorn: boolean) {
    this.tid = tid;
    this.isBorn = isBorn;
    this.#nowNs = atNs;
    if (isBorn) [this.#cpuNs, this.#queueNs, this.#faults] = [0n, 0n, 0];
    this.#firstBlockedNs = this.#blockedNs;
  }

  get #blockedNs(): bigint {
    return this.#nowNs - this.#cpuNs - this.#queueNs;
  }

  /** Runs, and goes to sleep; false where it still does. */
  step({ runNs, queueNs, waitNs, isFault }: Step, endNs: bigint): boolean {
    this.advance(endNs);
    if (this.isEnded || this.#untilNs !== null || this.#nowNs + BigInt(runNs + queueNs) > endNs) return false;
    this.#nowNs += BigInt(runNs + queueNs);
    this.#cpuNs += BigInt(runNs);
    this.#queueNs += BigInt(queueNs);
    this.#isFault = isFault;
    this.#untilNs = this.#nowNs + BigInt(waitNs);
    this.#switchOut('latest');
    return true;
  }

  /** What ended before that time is counted. */
  advance(endNs: bigint): void {
    if (this.#untilNs === null || this.#untilNs > endNs) return;
    const ns = Number(this.#untilNs - this.#nowNs);
    this.#nowNs = this.#untilNs;
    this.#untilNs = null;
    if (this.#isFault) this.#faults += 1;
    this.#count(this.#isFault ? FAULT : FUTEX_WAIT, ns);
    if (this.#isFault) this.#count(FAULT_LATENCY, ns);
    // Back on the CPU at once: it counts with its next switch-out.
    this.#cpuNs += 1000n;
    this.#nowNs += 1000n;
    this.#switchOut('latest', true);
  }

  end(endNs: bigint): FaultscopeRecord[] {
    this.advance(endNs);
    if (this.isEnded || this.#untilNs !== null) return [];
    this.isEnded = true;
    this.#switchOut('last');
    return this.#switch === null ? [] : [{ ...this.#switch, majorFaults: this.#faults }];
  }

  newEpoch(): void {
    this.#cells.clear();
    this.#changed.clear();
  }

  dump(epoch: number, endNs: bigint): FaultscopeRecord[] {
    const changed = [...this.#changed].flatMap((key) => this.#cells.get(key) ?? []);
    this.#changed = new Set();
    const ref = { tid: this.tid, generation: 7 };
    const cells = changed.map((cell): FaultscopeRecord => ({ kind: 'wait', ...ref, epoch, ...cell }));
    const told = this.#isTold || this.#switch === null || this.isEnded ? [] : [this.#switch];
    this.#isTold = true;
    return [...cells, ...told, ...this.#sample(endNs)];
  }

  #sample(endNs: bigint): FaultscopeRecord[] {
    if (this.isEnded) return [];
    const isWaiting = this.#untilNs !== null;
    // What runs has run until now.
    if (!isWaiting && endNs > this.#nowNs) {
      this.#cpuNs += endNs - this.#nowNs;
      this.#nowNs = endNs;
    }
    const common = { tid: this.tid, startTicks: 7, onCpuNs: this.#cpuNs, runQueueNs: this.#queueNs, minorFaults: 0 };
    const majorFaults = this.#faults;
    return [{ kind: 'sample', atNs: endNs, ...common, state: isWaiting ? 'S' : 'R', majorFaults }];
  }

  #switchOut(event: 'latest' | 'last', preempted = false): void {
    const { tid, isBorn: born } = this;
    this.#switch = {
      ...{ kind: 'switch', event, tid, generation: 7, atNs: this.#nowNs, born, majorFaults: null },
      ...{ onCpuNs: this.#cpuNs, runQueueNs: this.#queueNs, blockedBaseNs: this.#firstBlockedNs },
      code: preempted ? 0 : this.#isFault ? FAULT & ~4 : FUTEX_WAIT,
    };
    this.#isTold = false;
  }

  #count(code: number, ns: number): void {
    const bucket = bucketOf(ns);
    const key = `${code} ${bucket}`;
    const cell = this.#cells.get(key) ?? { code, bucket, count: 0, totalNs: 0, maxNs: 0 };
    this.#cells.set(key, cell);
    cell.count += 1;
    cell.totalNs += ns;
    cell.maxNs = Math.max(cell.maxNs, ns);
    this.#changed.add(key);
  }
}

/**
 * The records of a session of a few threads that run, queue, wait and fault, moment by moment: its figures add up to the
 * nanosecond, because everything is read at one time.
 */
export function simulated(intervals: readonly Interval[]): FaultscopeRecord[][] {
  const threads = new Map<number, SimulatedThread>();
  let nowNs = BEGIN;
  let epoch = 0;
  const running: FaultscopeRecord = {
    ...{ kind: 'probe', set: 'threads', state: 'running' },
    ...{ atNs: BEGIN, variant: null, detail: null },
  };
  return intervals.map((interval, index) => {
    const records: FaultscopeRecord[] = index === 0 ? [SESSION, running] : [];
    const endNs = nowNs + BigInt(interval.ns);
    if (interval.newEpoch) {
      // What the old map has is told before it is left.
      for (const thread of threads.values()) records.push(...thread.dump(epoch, nowNs).filter(isWait));
      for (const thread of threads.values()) thread.newEpoch();
      epoch += 1;
    }
    for (const step of interval.steps) {
      const thread = threads.get(step.tid) ?? new SimulatedThread(step.tid, nowNs, index > 0);
      if (!threads.has(step.tid) && !thread.isBorn) records.push(...thread.dump(epoch, nowNs));
      // Of one that was born and has not been off the CPU yet only /proc knows, and not since when it lives.
      if (thread.step(step, endNs) || !thread.isBorn) threads.set(step.tid, thread);
    }
    if (interval.ends !== null) records.push(...(threads.get(interval.ends)?.end(endNs) ?? []));
    for (const thread of threads.values()) {
      thread.advance(endNs);
      records.push(...thread.dump(epoch, endNs));
    }
    nowNs = endNs;
    return [...records, { kind: 'tick', atNs: endNs }];
  });
}

function isWait({ kind }: FaultscopeRecord): boolean {
  return kind === 'wait';
}
