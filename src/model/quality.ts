import type { LossRecord, ProcessRecord } from '../record/record.js';
import type { Coverage, Quality } from './snapshot.js';

/** Keeps account of what the figures lack. */
export class QualityLedger {
  readonly #notes = new Map<string, { readonly atNs: number; readonly text: string }>();
  readonly #totals = new Map<LossRecord['what'], number>();
  #lostEvents = 0;
  #droppedRecords = 0;
  #sampled = { events: 0, weight: 0 };
  #coverageStart: { readonly traced: number; readonly least: number; readonly most: number } | null = null;
  #coverage: Coverage = { traced: 0, kernel: null, fraction: null };

  note(atNs: number, key: string, text: string): void {
    this.#notes.delete(key);
    this.#notes.set(key, { atNs, text });
  }

  loss(atNs: number, record: LossRecord): void {
    if (record.what === 'events') this.#lostEvents += record.count;
    // Single I/Os that were missed leave threads and waits as they are.
    else if (record.what !== 'io') this.#droppedRecords += record.count;
    const total = (this.#totals.get(record.what) ?? 0) + record.count;
    this.#totals.set(record.what, total);
    this.note(atNs, `loss ${record.what}`, LOSSES[record.what](total));
  }

  /** A single fault of the rationed stream stands for `weight`. */
  sampledFault(weight: number): void {
    if (weight === 0) return;
    this.#sampled.events += 1;
    this.#sampled.weight += weight;
  }

  /**
   * Holds what was traced by now against the kernel's own count; both start at the first pair. The maps were read at some
   * moment between the two readings of the kernel's count: while ours lies between them, nothing is missing.
   */
  cover(traced: number, { majorFaults, majorFaultsBefore }: ProcessRecord): void {
    if (majorFaultsBefore === null) return;
    const start = this.#coverageStart;
    if (start === null) {
      this.#coverageStart = { traced, least: majorFaultsBefore, most: majorFaults };
      return;
    }
    const since = traced - start.traced;
    const least = Math.max(0, majorFaultsBefore - start.most);
    const kernel = Math.min(majorFaults - start.least, Math.max(least, since));
    this.#coverage = { traced: since, kernel, fraction: kernel === 0 ? null : since / kernel };
  }

  view(worstResidueFraction: number | null): Quality {
    const { events, weight } = this.#sampled;
    return {
      coverage: this.#coverage,
      lostEvents: this.#lostEvents,
      droppedRecords: this.#droppedRecords,
      sampling: { oneIn: events === 0 ? 1 : Math.round(weight / events) },
      worstResidueFraction,
      notes: [...this.#notes.values()],
    };
  }
}

const LOSSES: { readonly [what in LossRecord['what']]: (total: number) => string } = {
  events: (total) =>
    `${total} single faults, requests or threads of full stalls were lost on the way; counts and sums are not affected`,
  dump: (total) => `${total} whole readings were lost; the next one makes them good`,
  waits: (total) => `kernel map full: ${total} waits are not counted by cause, they show as residue`,
  faults: (total) => `kernel map full: ${total} major faults are not counted, coverage shows how many`,
  switches: (total) =>
    `kernel map full: ${total} switches of threads without a row are not counted, their waits are missing`,
  goroutines: (total) => `kernel map full: ${total} major faults are not laid to their goroutines`,
  files: (total) => `kernel map full: ${total} major faults are not laid to their files`,
  pages: (total) => `kernel map full: ${total} evicted pages are not counted`,
  causes: (total) => `kernel map full: the causes of ${total} page faults were not looked for`,
  stalls: (total) => `${total} single full stalls are not listed: there were too many; their number and time are exact`,
  requests: (total) => `kernel map full: ${total} requests are not counted`,
  wakes: (total) => `kernel map full: ${total} waits are not laid to who ended them`,
  chains: (total) => `kernel map full: ${total} lock waits behind a fault are not counted as such`,
  registers: () => 'saved registers not found: causes of waits cannot be told',
  io: (total) => `${total} block I/Os are not counted: their end was not seen, or a kernel map was full`,
  garbage: (total) => `${total} lines of bpftrace could not be read`,
};
