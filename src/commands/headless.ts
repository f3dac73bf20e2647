import type { Snapshot } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';
import { formatBytes, formatClock, formatDuration, formatPercent, formatRate } from '../text/units.js';
import type { Display } from './display.js';

/** No screen: a progress line on stderr where that is a terminal, else silence. */
export class Headless implements Display {
  readonly quit = new Promise<void>(() => {});
  readonly #snapshot: () => Snapshot;
  readonly #durationMs: number | null;
  readonly #recordedBytes: () => number | null;
  #shown = false;

  constructor(snapshot: () => Snapshot, durationMs: number | null, recordedBytes: () => number | null) {
    this.#snapshot = snapshot;
    this.#durationMs = durationMs;
    this.#recordedBytes = recordedBytes;
  }

  update(): void {
    if (process.stderr.isTTY !== true) return;
    this.#shown = true;
    process.stderr.write(
      `\r${progressLine(this.#snapshot(), this.#durationMs, this.#recordedBytes()).slice(0, width())}\x1b[K`,
    );
  }

  say(message: string): void {
    this.close();
    process.stderr.write(`faultscope: ${safeText(message)}\n`);
  }

  close(): void {
    if (this.#shown) process.stderr.write('\n');
    this.#shown = false;
  }
}

function width(): number {
  return (process.stderr.columns ?? 80) - 1;
}

function progressLine(
  { window, totals, quality }: Snapshot,
  durationMs: number | null,
  recordedBytes: number | null,
): string {
  const of = durationMs === null ? '' : ` of ${formatClock(durationMs * 1e6)}`;
  const lost = quality.lostEvents + quality.droppedRecords;
  return [
    `${formatClock(window.durationNs)}${of}`,
    `major faults ${formatRate(totals.majorFaultRateHz)}/s`,
    `p99 ${formatDuration(totals.faultLatency.p99Ns)}`,
    `${totals.threadsAlive} threads`,
    `coverage ${formatPercent(quality.coverage.fraction)}`,
    ...(recordedBytes === null ? [] : [`recorded ${formatBytes(recordedBytes)}`]),
    ...(lost > 0 ? [`lost ${lost}`] : []),
  ].join('  ');
}
