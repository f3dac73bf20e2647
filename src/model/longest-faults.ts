import type { SingleCauseRecord } from '../record/page-cache.js';
import type { FaultRecord } from '../record/record.js';
import { LONGEST_FAULTS } from './snapshot.js';

/** Keeps the longest of the single faults that were sent, longest first. */
export class LongestFaults {
  readonly #faults: FaultRecord[] = [];
  readonly #causes = new WeakMap<FaultRecord, SingleCauseRecord>();

  add(fault: FaultRecord): void {
    const latencyNs = fault.latencyNs;
    if (latencyNs === null) return;
    const shortest = this.#faults.at(-1)?.latencyNs ?? 0;
    if (this.#faults.length === LONGEST_FAULTS && latencyNs <= shortest) return;
    const at = this.#faults.findIndex((other) => (other.latencyNs ?? 0) < latencyNs);
    this.#faults.splice(at === -1 ? this.#faults.length : at, 0, fault);
    if (this.#faults.length > LONGEST_FAULTS) this.#faults.pop();
  }

  /** Tells why the page of one of them was not there, if it is one of them. */
  explain(cause: SingleCauseRecord): void {
    const fault = this.#faults.find((one) => isCauseOf(cause, one));
    if (fault !== undefined) this.#causes.set(fault, cause);
  }

  causeOf(fault: FaultRecord): SingleCauseRecord | null {
    return this.#causes.get(fault) ?? null;
  }

  list(): readonly FaultRecord[] {
    return this.#faults;
  }
}

/** Two scripts look at one event, one after the other; the same page is not read twice within this. */
const APART_NS = 1_000_000n;

/** The two records tell of the same fault. */
export function isCauseOf(cause: SingleCauseRecord, { tid, page, atNs }: FaultRecord): boolean {
  if (tid !== cause.tid || page === null || page.index !== cause.index || page.inode !== cause.inode) return false;
  const apartNs = atNs - cause.atNs;
  return page.device === cause.device && apartNs < APART_NS && -apartNs < APART_NS;
}
