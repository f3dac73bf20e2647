import { machine } from 'node:os';
import { alwaysCounts, BpfStats } from '../host/bpf-stats.js';
import { hostSwitches, processCpuNs } from '../host/process-cost.js';

/** Long enough for a hundred runs of the sampler, and for ten thousand where there are 100,000 switches a second. */
const WINDOW_MS = 100;
/** Switching to counting and back takes the kernel up to 38 ms of CPU time (docs/overhead.md): on the average not more often than this... */
const MEAN_PAUSE_MS = 20_000;
/** ...where much changes a few times one after the other... */
const AT_ONCE = 3;
const LEAST_PAUSE_MS = 2000;
/** ...and where the host goes on as it did, only so often. */
const MOST_PAUSE_MS = 60_000;
const LOOK_MS = 1000;
/** The host goes on as it did while its context switches are within this factor. */
const CHANGE = 1.5;
/** A change of fewer than this many a second is none. */
const QUIET_HZ = 2000;

export interface WindowListener {
  /** The kernel has begun to count. */
  readonly opened: () => void;
  /** It is about to end it. */
  readonly closes: () => void;
}

/** For moments at a time, the same for all sessions of this process: whoever listens reads how long BPF programs ran meanwhile. */
class StatsWindows {
  readonly #stats = new BpfStats(machine());
  readonly #listeners = new Set<WindowListener>();
  #looking: NodeJS.Timeout | undefined;
  #windowEndedMs = Number.NEGATIVE_INFINITY;
  #isOpening = false;
  #isWanted = false;
  #refused = false;
  /** Windows that there may be at once. */
  #saved = AT_ONCE;
  #switches = { atMs: 0, count: 0 };
  #ratesHz = { window: 0, now: 0 };

  /** Whether there is a way to have programs' time sampled. */
  get refused(): boolean {
    return this.#refused;
  }

  listen(listener: WindowListener): void {
    this.#listeners.add(listener);
    if (this.#looking !== undefined) return;
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    this.#looking.unref();
  }

  ignore(listener: WindowListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#stats.end();
  }

  /** Something new is to be metered soon. */
  want(): void {
    this.#isWanted = true;
  }

  /** CPU time that it has taken so far. */
  get cpuNs(): number {
    const { pid } = this.#stats;
    return pid === null ? 0 : (processCpuNs(pid) ?? 0);
  }

  #look(): void {
    const atMs = performance.now();
    const count = hostSwitches();
    this.#ratesHz = { ...this.#ratesHz, now: ((count - this.#switches.count) / (atMs - this.#switches.atMs)) * 1000 };
    this.#switches = { atMs, count };
    if (!this.#isDue(atMs - this.#windowEndedMs) || this.#isOpening || this.#refused || alwaysCounts()) return;
    this.#isOpening = true;
    void this.#window().finally(() => {
      this.#isOpening = false;
    });
  }

  #isDue(pauseMs: number): boolean {
    this.#saved = Math.min(AT_ONCE, this.#saved + LOOK_MS / MEAN_PAUSE_MS);
    if (pauseMs < LEAST_PAUSE_MS || this.#saved < 1) return false;
    const { window, now } = this.#ratesHz;
    const hasChanged = Math.abs(now - window) > QUIET_HZ && (now > window * CHANGE || window > now * CHANGE);
    return this.#isWanted || hasChanged || pauseMs >= MOST_PAUSE_MS;
  }

  async #window(): Promise<void> {
    this.#isWanted = false;
    this.#saved -= 1;
    if (!(await this.#stats.open())) {
      this.#refused = true;
      return;
    }
    for (const { opened } of this.#listeners) opened();
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    for (const { closes } of this.#listeners) closes();
    this.#stats.close();
    this.#windowEndedMs = performance.now();
    this.#ratesHz = { ...this.#ratesHz, window: this.#ratesHz.now };
  }
}

export const statsWindows = new StatsWindows();
