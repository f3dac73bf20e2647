/**
 * Finds records that were sent and never arrived, by the numbers the script gives them on each CPU. bpftrace's own
 * count of lost events cannot be used: some versions never count losses of the highest CPU, all tell them late.
 */
export class SequenceCheck {
  readonly #arrived = new Map<number, number>();
  /** The highest number sent, as of the dump before and of this one. */
  readonly #sentBefore = new Map<number, number>();
  readonly #sentNow = new Map<number, number>();

  /** A record came in; returns how many before it are missing. */
  arrived(cpu: number, sequence: number): number {
    const expected = (this.#arrived.get(cpu) ?? 0) + 1;
    this.#arrived.set(cpu, Math.max(sequence, expected - 1));
    return Math.max(0, sequence - expected);
  }

  /** A dump tells the highest number sent from a CPU. */
  sent(cpu: number, sequence: number): void {
    this.#sentNow.set(cpu, sequence);
  }

  /**
   * At the end of a dump: what the dump before counted as sent must be here by now; returns how many are not. (The
   * newest ones may still be on their way: maps are read at once, records wait in a ring. Not so after the `last` one.)
   */
  settle(last = false): number {
    let missing = 0;
    for (const [cpu, sent] of last ? this.#sentNow : this.#sentBefore) {
      const arrived = this.#arrived.get(cpu) ?? 0;
      if (sent > arrived) {
        missing += sent - arrived;
        this.#arrived.set(cpu, sent);
      }
    }
    for (const [cpu, sent] of this.#sentNow) this.#sentBefore.set(cpu, sent);
    return missing;
  }
}
