import type { Snapshot } from '../model/snapshot.js';
import { formatClock, formatDuration, formatPercent, formatRate } from '../text/units.js';
import type { Display } from './live.js';

/** No screen: a progress line on stderr where that is a terminal, else silence. */
export class Headless implements Display {
  readonly quit = new Promise<void>(() => {});
  readonly #snapshot: () => Snapshot;
  readonly #durationMs: number | null;
  #shown = false;

  constructor(snapshot: () => Snapshot, durationMs: number | null) {
    this.#snapshot = snapshot;
    this.#durationMs = durationMs;
  }

  update(): void {
    if (process.stderr.isTTY !== true) return;
    this.#shown = true;
    process.stderr.write(`\r${progressLine(this.#snapshot(), this.#durationMs).slice(0, width())}\x1b[K`);
  }

  close(): void {
    if (this.#shown) process.stderr.write('\n');
    this.#shown = false;
  }
}

function width(): number {
  return (process.stderr.columns ?? 80) - 1;
}

function progressLine({ window, totals, quality }: Snapshot, durationMs: number | null): string {
  const of = durationMs === null ? '' : ` of ${formatClock(durationMs * 1e6)}`;
  const lost = quality.lostEvents + quality.droppedRecords;
  return [
    `${formatClock(window.durationNs)}${of}`,
    `major faults ${formatRate(totals.majorFaultRateHz)}/s`,
    `p99 ${formatDuration(totals.faultLatency.p99Ns)}`,
    `${totals.threadsAlive} threads`,
    `coverage ${formatPercent(quality.coverage.fraction)}`,
    ...(lost > 0 ? [`lost ${lost}`] : []),
  ].join('  ');
}
