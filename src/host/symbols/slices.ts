import { setImmediate as nextTurn } from 'node:timers/promises';

/** A view that draws ten times a second does not notice this much. */
const SLICE_NS = 5_000_000n;

/** Long work in short pieces: call `turn` between two of them, and others get theirs. */
export class Slices {
  #sinceNs = process.hrtime.bigint();

  async turn(): Promise<void> {
    if (process.hrtime.bigint() - this.#sinceNs < SLICE_NS) return;
    await nextTurn();
    this.#sinceNs = process.hrtime.bigint();
  }
}
