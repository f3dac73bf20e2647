import type { ProcessRecord } from '../record/record.js';

/**
 * What bpf/entry.bt costs a page fault: of the target's (two map updates), and of everybody else's (the tracepoint and
 * the filter). docs/overhead.md has the measurement.
 */
const TARGET_FAULT_NS = 900;
const OTHER_FAULT_NS = 180;

/** Share of one core that the set may cost to run without being asked for... */
const TOO_DEAR = 0.005;
/** ...and that it must stay under to be started: a start costs most of a second of CPU, and must not be repeated. */
const CHEAP = 0.0025;
/** What costs are averaged over, roughly, and how long the set rests once it was too dear. */
const AVERAGE_S = 5;
const REST_NS = 60_000_000_000n;

/** Decides, from fault rates, whether the set runs without being asked for. */
export class EntryPolicy {
  #before: ProcessRecord | null = null;
  #cost: number | null = null;
  #restUntilNs = 0n;

  observe(record: ProcessRecord): void {
    const before = this.#before;
    this.#before = record;
    if (before === null || record.atNs <= before.atNs) return;
    const target = Math.max(0, record.minorFaults + record.majorFaults - before.minorFaults - before.majorFaults);
    const host = Math.max(target, record.hostFaults - before.hostFaults);
    const elapsedNs = Number(record.atNs - before.atNs);
    const cost = (target * TARGET_FAULT_NS + (host - target) * OTHER_FAULT_NS) / elapsedNs;
    const weight = Math.min(1, elapsedNs / 1e9 / AVERAGE_S);
    this.#cost = this.#cost === null ? cost : this.#cost + weight * (cost - this.#cost);
    if (this.#cost > TOO_DEAR) this.#restUntilNs = record.atNs + REST_NS;
  }

  /** What it costs or would cost, as a share of one core; null before the second reading. */
  get costOfACore(): number | null {
    return this.#cost;
  }

  /** Whether to run it, given whether it runs. */
  affordable(running: boolean): boolean {
    if (this.#cost === null) return false;
    if (running) return this.#cost <= TOO_DEAR;
    return this.#cost < CHEAP && (this.#before?.atNs ?? 0n) >= this.#restUntilNs;
  }
}
