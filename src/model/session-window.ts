import type { FaultscopeRecord } from '../record/record.js';

/**
 * What a session's times count from. The window is what the main set has seen: it begins when that set says for the first
 * time that it runs, some time after the session record; until then, with the session record.
 */
export class SessionWindow {
  #startNs: bigint;
  #isAttached = false;

  /** `sessionNs`: the time of the session record. */
  constructor(sessionNs: bigint) {
    this.#startNs = sessionNs;
  }

  apply(record: FaultscopeRecord): void {
    if (record.kind !== 'probe' || record.set !== 'threads' || record.state !== 'running' || this.#isAttached) return;
    this.#isAttached = true;
    this.#startNs = record.atNs;
  }

  /** When it begins. */
  get startNs(): bigint {
    return this.#startNs;
  }

  /** Since then, in ns; 0 for what was before. */
  sinceStart(atNs: bigint): number {
    return Math.max(0, Number(atNs - this.#startNs));
  }
}
