import type { SwitchRecord } from '../record/record.js';
import { unpackCellKey, unpackEnd } from './pack.js';

/**
 * Puts the ends of threads together: the kernel script tells one by two cells of the map of waits, and that of the thread
 * which has the process's number by a line besides.
 */
export class ThreadEnds {
  /** Of ends of which one half is still to come, by the cell of the first. */
  readonly #halves = new Map<bigint, readonly bigint[]>();
  /** When those ended that lines tell, by name, the oldest first. */
  readonly #printed = new Map<string, bigint>();

  /** One of the two cells; undefined as long as the other is missing, and where a line has told this end. */
  cell(key: bigint, half: readonly bigint[]): SwitchRecord | undefined {
    const { tid, generation, bucket } = unpackCellKey(key);
    const name = key - BigInt(bucket);
    const other = this.#halves.get(name);
    if (other === undefined || other[0] !== half[0]) {
      this.#halves.set(name, half);
      return undefined;
    }
    this.#halves.delete(name);
    const [[atNs = 0n, onCpuNs = 0n, runQueueNs = 0n], [, blockedBaseNs = 0n, end = 0n]] =
      bucket === 0 ? [half, other] : [other, half];
    const { printed, ...rest } = unpackEnd(end);
    const clocks = { atNs, onCpuNs, runQueueNs, blockedBaseNs };
    const record: SwitchRecord = { kind: 'switch', event: 'last', tid, generation, ...clocks, code: 0, ...rest };
    return printed && !this.isNew(record) ? undefined : record;
  }

  /** Of an end that a line tells: its cells have not told it. */
  isNew({ tid, generation, atNs }: SwitchRecord): boolean {
    const name = nameOf(tid, generation);
    const isNew = atNs > (this.#printed.get(name) ?? -1n);
    if (!isNew) return false;
    this.#printed.delete(name);
    this.#printed.set(name, atNs);
    return true;
  }

  /** The cells of an end come with the next dump, and so does the first switch-out of who takes over its name. */
  forgetOld(nowNs: bigint): void {
    for (const [name, atNs] of this.#printed) {
      if (nowNs - atNs < MEMORY_NS) break;
      this.#printed.delete(name);
    }
  }

  /** Another thread had the name of this one, which begins. */
  isAnother({ tid, generation, atNs }: SwitchRecord): boolean {
    const endedNs = this.#printed.get(nameOf(tid, generation));
    return endedNs !== undefined && atNs > endedNs;
  }
}

/** Far more than the rarest dumps are apart. */
const MEMORY_NS = 300_000_000_000n;

function nameOf(tid: number, generation: number): string {
  return `${tid}.${generation}`;
}
