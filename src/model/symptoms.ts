import type { PressureTotals, SystemRecord } from '../record/record.js';
import type { Symptoms } from './snapshot.js';

/** USER_HZ is 100 on every architecture Linux traces: a tick is 10 ms (include/asm-generic/param.h). */
const TICK_NS = 10_000_000;

/** What was so at one tick, all of it cumulative. */
interface Reading {
  readonly record: SystemRecord;
  /** Time that threads of the target were blocked in major faults and other disk I/O. */
  readonly ioWaitNs: number;
  /** When that was so. */
  readonly atNs: number;
}

/** Turns readings of the process and its host into shares of the time in between. */
export class SymptomLedger {
  #latest: SystemRecord | null = null;
  #first: Reading | null = null;
  #last: Reading | null = null;

  apply(record: SystemRecord): void {
    this.#latest = record;
  }

  /**
   * What was so since the last call; null where there is nothing new. `ioWaitNs` is the thread time blocked in major
   * faults and other disk I/O since the session began, `atNs` the moment at which that was so.
   */
  tick(ioWaitNs: number, atNs: number): Symptoms | null {
    const record = this.#latest;
    if (record === null) return null;
    const reading = { record, ioWaitNs, atNs };
    this.#first ??= reading;
    const before = this.#last;
    if (before === null) {
      this.#last = reading;
      return null;
    }
    const symptoms = between(before, reading);
    // A span without a single tick of any CPU says nothing: the next one is taken together with it.
    if (symptoms !== null) this.#last = reading;
    return symptoms;
  }

  /** Over all of it; null before the second reading. */
  view(): Symptoms | null {
    return this.#first === null || this.#last === null ? null : between(this.#first, this.#last);
  }
}

/** Both spans as one: each share counts for as long as it was taken over. */
export function mergeSymptoms(first: Symptoms | null, second: Symptoms | null): Symptoms | null {
  if (first === null || second === null) return first ?? second;
  const durationNs = first.durationNs + second.durationNs;
  const mean = (a: number, b: number): number => (a * first.durationNs + b * second.durationNs) / durationNs;
  const meanPressure = (a: Pressure | null, b: Pressure | null): Pressure | null =>
    a === null || b === null ? (a ?? b) : { some: mean(a.some, b.some), full: mean(a.full, b.full) };
  return {
    durationNs,
    process: {
      userCpus: mean(first.process.userCpus, second.process.userCpus),
      systemCpus: mean(first.process.systemCpus, second.process.systemCpus),
      ioWaitThreads: mean(first.process.ioWaitThreads, second.process.ioWaitThreads),
    },
    host: {
      user: mean(first.host.user, second.host.user),
      system: mean(first.host.system, second.host.system),
      iowait: mean(first.host.iowait, second.host.iowait),
      idle: mean(first.host.idle, second.host.idle),
      steal: mean(first.host.steal, second.host.steal),
    },
    memoryPressure: meanPressure(first.memoryPressure, second.memoryPressure),
    ioPressure: meanPressure(first.ioPressure, second.ioPressure),
  };
}

type Pressure = NonNullable<Symptoms['memoryPressure']>;

function between(first: Reading, last: Reading): Symptoms | null {
  const durationNs = Number(last.record.atNs - first.record.atNs);
  const host = hostShares(first.record.host, last.record.host);
  if (durationNs <= 0 || host === null) return null;
  const cpus = (from: number, to: number): number => (grown(from, to) * TICK_NS) / durationNs;
  return {
    durationNs,
    process: {
      userCpus: cpus(first.record.userTicks, last.record.userTicks),
      systemCpus: cpus(first.record.systemTicks, last.record.systemTicks),
      ioWaitThreads: grown(first.ioWaitNs, last.ioWaitNs) / Math.max(1, last.atNs - first.atNs),
    },
    host,
    memoryPressure: pressure(first.record.memoryPressure, last.record.memoryPressure, durationNs),
    ioPressure: pressure(first.record.ioPressure, last.record.ioPressure, durationNs),
  };
}

/** Null where no CPU has counted a tick in between. */
function hostShares(first: SystemRecord['host'], last: SystemRecord['host']): Symptoms['host'] | null {
  const user = grown(first.userTicks, last.userTicks);
  const system = grown(first.systemTicks, last.systemTicks);
  const iowait = grown(first.iowaitTicks, last.iowaitTicks);
  const idle = grown(first.idleTicks, last.idleTicks);
  const steal = grown(first.stealTicks, last.stealTicks);
  const all = user + system + iowait + idle + steal;
  if (all === 0) return null;
  return { user: user / all, system: system / all, iowait: iowait / all, idle: idle / all, steal: steal / all };
}

function pressure(first: PressureTotals | null, last: PressureTotals | null, durationNs: number): Pressure | null {
  if (first === null || last === null) return null;
  const share = (fromUs: number, toUs: number): number => Math.min(1, (grown(fromUs, toUs) * 1000) / durationNs);
  return { some: share(first.someUs, last.someUs), full: share(first.fullUs, last.fullUs) };
}

/** iowait and idle may go back a tick (proc_stat(5)); an open wait may turn out to be no disk I/O after all. */
function grown(from: number, to: number): number {
  return Math.max(0, to - from);
}
