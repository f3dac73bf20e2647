import { noted } from '../model/noted.js';
import type { Snapshot } from '../model/snapshot.js';

/**
 * Puts among the notes of snapshots how far the recording can be trusted that they come from. What is known of it grows
 * while it is read: what was known once stays, also when it is read anew.
 */
export class RecordingNotes {
  readonly #warnings: () => readonly string[];
  #known: readonly string[] = [];
  #last: { readonly of: Snapshot; readonly known: readonly string[]; readonly noted: Snapshot } | null = null;

  constructor(warnings: () => readonly string[]) {
    this.#warnings = warnings;
  }

  /** All warnings so far. */
  get known(): readonly string[] {
    const now = this.#warnings();
    if (now.length > this.#known.length) this.#known = now;
    return this.#known;
  }

  /** The same object for the same snapshot as long as nothing more is known. */
  noted(snapshot: Snapshot): Snapshot {
    const { known } = this;
    if (this.#last?.of === snapshot && this.#last.known === known) return this.#last.noted;
    this.#last = { of: snapshot, known, noted: noted(snapshot, known) };
    return this.#last.noted;
  }
}
