import type { FaultRecord } from '../record/record.js';
import { LONGEST_FAULTS } from './snapshot.js';

/** Keeps the longest of the single faults that were sent, longest first. */
export class LongestFaults {
  readonly #faults: FaultRecord[] = [];

  add(fault: FaultRecord): void {
    const latencyNs = fault.latencyNs;
    if (latencyNs === null) return;
    const shortest = this.#faults.at(-1)?.latencyNs ?? 0;
    if (this.#faults.length === LONGEST_FAULTS && latencyNs <= shortest) return;
    const at = this.#faults.findIndex((other) => (other.latencyNs ?? 0) < latencyNs);
    this.#faults.splice(at === -1 ? this.#faults.length : at, 0, fault);
    if (this.#faults.length > LONGEST_FAULTS) this.#faults.pop();
  }

  list(): readonly FaultRecord[] {
    return this.#faults;
  }
}
