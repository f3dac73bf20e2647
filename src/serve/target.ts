import type { FoundProcess, ProcessFinder } from '../host/process-finder.js';
import type { Family } from '../metrics/family.js';
import type { TargetConfig } from './config.js';
import type { Surroundings } from './observation.js';
import { ProcessSlot, type SlotStatus } from './process-slot.js';
import { targetMetrics } from './serve-metrics.js';
import type { Turnstile } from './turnstile.js';

/** What slots are made with. */
export interface Means {
  readonly surroundings: Surroundings;
  readonly starts: Turnstile;
  readonly log: (line: string) => void;
}

export interface TargetStatus {
  readonly target: string;
  readonly found: number;
  readonly leftOut: number;
  readonly processes: readonly SlotStatus[];
}

/** One configured target: whatever processes match it, as they come and go. */
export class Target {
  readonly config: TargetConfig;
  readonly #means: Means;
  readonly #slots: ProcessSlot[] = [];
  #found = 0;
  #leftOut = 0;
  #restarts = 0;
  /** Of a target by pid, which process that was: the number may come back as another's. */
  #only: FoundProcess | null = null;

  constructor(config: TargetConfig, means: Means) {
    this.config = config;
    this.#means = means;
  }

  /** After a scan: leaves processes that are gone, takes up new ones, those with most major faults first. */
  review(finder: ProcessFinder): void {
    const found = this.#meant(finder.matching(this.config.selector));
    this.#found = found.length;
    for (const slot of this.#slots) {
      const { process } = slot;
      if (process === null || found.some((one) => isSame(one, process))) continue;
      // Also where it goes on but is not meant any more: then it ends as if it were gone.
      slot.leave('target-exited').catch(() => {});
    }
    for (const process of found.filter((one) => !this.#isTaken(one))) this.#free()?.take(process);
    this.#leftOut = found.filter((one) => !this.#isTaken(one)).length;
  }

  get status(): TargetStatus {
    return {
      target: this.config.name,
      found: this.#found,
      leftOut: this.#leftOut,
      processes: this.#slots.map(({ status }) => status),
    };
  }

  families(): Family[] {
    const figures = { found: this.#found, leftOut: this.#leftOut, restarts: this.#restarts };
    return [...targetMetrics(this.config.name, figures), ...this.#slots.flatMap((slot) => slot.families())];
  }

  /** All is over when it resolves. */
  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.leave('quit')));
  }

  #meant(found: readonly FoundProcess[]): readonly FoundProcess[] {
    if (this.config.selector.by !== 'pid') return found;
    this.#only ??= found[0] ?? null;
    const only = this.#only;
    return only === null ? [] : found.filter((one) => isSame(one, only));
  }

  #isTaken(one: FoundProcess): boolean {
    return this.#slots.some(({ process }) => process !== null && isSame(one, process));
  }

  #free(): ProcessSlot | null {
    const free = this.#slots.find(({ process }) => process === null);
    if (free !== undefined) {
      this.#restarts += 1;
      return free;
    }
    if (this.#slots.length >= this.config.processes) return null;
    const slot = new ProcessSlot(this.config, this.#slots.length, this.#means);
    this.#slots.push(slot);
    return slot;
  }
}

function isSame(one: FoundProcess, other: FoundProcess): boolean {
  return one.pid === other.pid && one.startTicks === other.startTicks;
}
