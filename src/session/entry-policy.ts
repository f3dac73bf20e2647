import type { ProcessRecord } from '../record/record.js';

/**
 * What bpf/entry.bt costs a page fault: of the target's (two map updates), and of everybody else's (the tracepoint and
 * the filter). docs/overhead.md has the measurement.
 */
const TARGET_FAULT_NS = 900;
const OTHER_FAULT_NS = 180;

/** Share of one core that the set may cost to run without being asked for. */
const AFFORDABLE = 0.005;

/** What the set costs or would cost, as a share of one core; null before the second reading. */
export class EntryPolicy {
  #before: ProcessRecord | null = null;
  #cost: number | null = null;

  observe(record: ProcessRecord): void {
    const before = this.#before;
    this.#before = record;
    if (before === null || record.atNs <= before.atNs) return;
    const target = Math.max(0, record.minorFaults + record.majorFaults - before.minorFaults - before.majorFaults);
    const host = Math.max(target, record.hostFaults - before.hostFaults);
    const ns = target * TARGET_FAULT_NS + (host - target) * OTHER_FAULT_NS;
    this.#cost = ns / Number(record.atNs - before.atNs);
  }

  get costOfACore(): number | null {
    return this.#cost;
  }

  get affordable(): boolean {
    return this.#cost !== null && this.#cost < AFFORDABLE;
  }
}
