import type { FaultscopeRecord } from '../record/record.js';

/** Ended threads beyond this many lose their rows in the model. */
const MAX_ENDED = 5000;

/** About what the model keeps of a thread, and of a cell of one of its histograms, in bytes. */
const THREAD_BYTES = 3000;
const CELL_BYTES = 300;

const GENERATIONS = 2 ** 14;

interface Kept {
  readonly cells: Set<number>;
  nameBytes: number;
  isEnded: boolean;
}

/** How much memory the threads of a session take in the model: threads that have ended give theirs back there, too. */
export class KeptThreads {
  readonly #threads = new Map<number, Kept>();
  #cells = 0;
  #nameBytes = 0;
  #ended = 0;
  #renamed = 0;

  get bytes(): number {
    return this.#threads.size * THREAD_BYTES + this.#cells * CELL_BYTES + this.#nameBytes;
  }

  add(record: FaultscopeRecord): void {
    switch (record.kind) {
      case 'thread':
        return this.#name(this.#at(record.tid, record.startTicks % GENERATIONS), record.name);
      case 'sample':
      case 'role':
        this.#at(record.tid, record.startTicks % GENERATIONS);
        return;
      case 'gone':
        return this.#end(this.#threads.get(keyOf(record.tid, record.startTicks % GENERATIONS)));
      case 'switch':
        if (record.event === 'first') this.#keepApart(keyOf(record.tid, record.generation));
        if (record.event === 'last') this.#end(this.#at(record.tid, record.generation));
        else this.#at(record.tid, record.generation);
        return;
      case 'entry-faults':
        this.#at(record.tid, record.generation);
        return;
      case 'wait':
        return this.#addCell(
          this.#at(record.tid, record.generation),
          (record.code * 256 + record.bucket) * 2 + (record.epoch & 1),
        );
      case 'entry-latency':
        return this.#addCell(this.#at(record.tid, record.generation), -1 - record.bucket);
      case 'tick':
        return this.#forgetEnded();
    }
  }

  #at(tid: number, generation: number): Kept {
    const key = keyOf(tid, generation);
    let kept = this.#threads.get(key);
    if (kept === undefined) {
      kept = { cells: new Set(), nameBytes: 0, isEnded: false };
      this.#threads.set(key, kept);
    }
    return kept;
  }

  /** Twice: a snapshot, a summary and a report tell it again. */
  #name(kept: Kept, name: string): void {
    const bytes = 4 * name.length;
    this.#nameBytes += bytes - kept.nameBytes;
    kept.nameBytes = bytes;
  }

  #addCell({ cells }: Kept, cell: number): void {
    if (cells.has(cell)) return;
    cells.add(cell);
    this.#cells += 1;
  }

  #end(kept: Kept | undefined): void {
    if (kept === undefined || kept.isEnded) return;
    kept.isEnded = true;
    this.#ended += 1;
  }

  /** One that begins anew under the name of one that has ended: that one's row stays. */
  #keepApart(key: number): void {
    const kept = this.#threads.get(key);
    if (kept?.isEnded !== true) return;
    this.#threads.delete(key);
    this.#renamed += 1;
    this.#threads.set(-this.#renamed, kept);
  }

  #forgetEnded(): void {
    if (this.#ended <= MAX_ENDED) return;
    for (const [key, kept] of this.#threads) {
      if (this.#ended <= MAX_ENDED) return;
      if (!kept.isEnded) continue;
      this.#threads.delete(key);
      this.#cells -= kept.cells.size;
      this.#nameBytes -= kept.nameBytes;
      this.#ended -= 1;
    }
  }
}

function keyOf(tid: number, generation: number): number {
  return tid * GENERATIONS + generation;
}
