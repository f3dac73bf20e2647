/**
 * Finds records that were sent and never arrived, by the numbers the script gives them on each CPU. bpftrace's own
 * count of lost events cannot be used: some versions never count losses of the highest CPU, all tell them late.
 */
export class SequenceCheck {
  readonly #arrived = new Map<number, number>();
  readonly #sent = new Map<number, number>();
  /** The highest number sent, as of an earlier dump. */
  #awaited: { readonly atNs: bigint; readonly sent: ReadonlyMap<number, number> } = { atNs: 0n, sent: new Map() };

  /** A record came in; returns how many before it are missing. */
  arrived(cpu: number, sequence: number): number {
    const expected = (this.#arrived.get(cpu) ?? 0) + 1;
    this.#arrived.set(cpu, Math.max(sequence, expected - 1));
    return Math.max(0, sequence - expected);
  }

  /** A dump tells the highest number sent from a CPU. */
  sent(cpu: number, sequence: number): void {
    this.#sent.set(cpu, sequence);
  }

  /**
   * At the end of a dump, `nowNs`: what a dump some seconds ago counted as sent must be here by now; returns how many are
   * not. The newest ones may still be on their way: maps are read at once, records wait in a ring. Not so after the `last`
   * one.
   */
  settle(nowNs: bigint, last = false): number {
    const { atNs, sent } = this.#awaited;
    if (last) return this.#giveUp(this.#sent);
    if (nowNs - atNs < ON_THE_WAY_NS) return 0;
    const missing = this.#giveUp(sent);
    this.#awaited = { atNs: nowNs, sent: new Map(this.#sent) };
    return missing;
  }

  #giveUp(awaited: ReadonlyMap<number, number>): number {
    let missing = 0;
    for (const [cpu, sent] of awaited) {
      const arrived = this.#arrived.get(cpu) ?? 0;
      if (sent <= arrived) continue;
      missing += sent - arrived;
      this.#arrived.set(cpu, sent);
    }
    return missing;
  }
}

/** bpftrace empties one CPU's ring after the other, and while it is busy with one, whole dumps of it, the others wait. */
const ON_THE_WAY_NS = 5_000_000_000n;
