import { setTimeout as later } from 'node:timers/promises';
import { FaultscopeError } from '../errors.js';
import { monotonicNs } from '../host/clock.js';
import type { FoundProcess } from '../host/process-finder.js';
import { resolvePid } from '../host/target.js';
import { Continuity } from '../metrics/continuity.js';
import type { Family, Labels } from '../metrics/family.js';
import { processMetrics } from '../metrics/session-metrics.js';
import type { EndRecord } from '../record/record.js';
import type { TargetConfig } from './config.js';
import { Observation, type ObservationEnd, type Surroundings } from './observation.js';
import { slotMetrics } from './serve-metrics.js';
import type { Turnstile } from './turnstile.js';

/** How long to wait before tracing is tried again, the first time and at most. */
const LEAST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 60_000;
/** Tracing that went well for so long has nothing to do with failures before. */
const SOUND_NS = 10_000_000_000n;

/** Where a slot stands; `detail` says why where there is more to say, an outside string. `ending`: it goes on for no one. */
export interface SlotStatus {
  readonly process: number;
  readonly pid: number | null;
  readonly state: 'free' | 'starting' | 'tracing' | 'failing' | 'ending';
  readonly detail: string | null;
}

/**
 * A place for one process of a target at a time. Its counters go on from process to process, and over restarts of the
 * tracing; what lies between is counted as untraced.
 */
export class ProcessSlot {
  readonly #target: TargetConfig;
  readonly #index: number;
  readonly #surroundings: Surroundings;
  readonly #starts: Turnstile;
  readonly #log: (line: string) => void;
  readonly #continuity = new Continuity();
  readonly #labels: Labels;
  #process: FoundProcess | null = null;
  #observation: Observation | null = null;
  #told = { observation: null as Observation | null, ticks: -1 };
  #state: SlotStatus['state'] = 'free';
  #detail: string | null = null;
  #running: Promise<void> = Promise.resolve();
  #leaving = new AbortController();
  #gaps = 0;
  #untracedNs = 0n;
  #untracedSinceNs: bigint | null = null;

  constructor(
    target: TargetConfig,
    index: number,
    { surroundings, starts, log }: { surroundings: Surroundings; starts: Turnstile; log: (line: string) => void },
  ) {
    this.#target = target;
    this.#index = index;
    this.#surroundings = surroundings;
    this.#starts = starts;
    this.#log = log;
    this.#labels = { target: target.name, process: String(index) };
  }

  /** Which process it is for now; null where it is free. */
  get process(): FoundProcess | null {
    return this.#process;
  }

  get status(): SlotStatus {
    return { process: this.#index, pid: this.#process?.pid ?? null, state: this.#state, detail: this.#detail };
  }

  /** Observes that process until it ends or is left; the slot must be free. */
  take(process: FoundProcess): void {
    this.#process = process;
    this.#leaving = new AbortController();
    this.#running = this.#observe(process, this.#leaving.signal).finally(() => {
      this.#closeGap();
      this.#process = null;
      this.#state = 'free';
      this.#detail = null;
    });
  }

  /** The process has ended, or is to be observed no longer. Resolves when the slot is free. */
  async leave(reason: 'target-exited' | 'quit'): Promise<void> {
    this.#leaving.abort(reason);
    await this.#running;
  }

  /** All that is published of it. */
  families(): Family[] {
    this.#update();
    const untracedNs = this.#untracedNs + (this.#untracedSinceNs === null ? 0n : monotonicNs() - this.#untracedSinceNs);
    return [
      ...this.#continuity.families(),
      ...slotMetrics(this.#labels, {
        tracing: this.#state === 'tracing',
        target: this.#observation?.target ?? null,
        cgroup: this.#process?.cgroup ?? null,
        gaps: this.#gaps,
        untracedNs: Number(untracedNs),
      }),
    ];
  }

  async #observe(process: FoundProcess, leaving: AbortSignal): Promise<void> {
    this.#untracedSinceNs = monotonicNs();
    let pauseMs = LEAST_PAUSE_MS;
    while (!leaving.aborted) {
      const beganNs = monotonicNs();
      const end = await this.#attempt(process, leaving);
      if (end.reason === 'target-exited' || end.reason === 'quit') return;
      if (monotonicNs() - beganNs > SOUND_NS) pauseMs = LEAST_PAUSE_MS;
      this.#fails(process, end, pauseMs);
      await later(pauseMs, undefined, { signal: leaving }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS);
    }
  }

  #fails({ pid }: FoundProcess, { detail }: ObservationEnd, pauseMs: number): void {
    this.#state = 'failing';
    this.#detail = detail;
    this.#log(`${this.#target.name}: process ${pid}: ${detail ?? 'tracing ended'}; again in ${pauseMs / 1000} s`);
  }

  async #attempt({ pid }: FoundProcess, leaving: AbortSignal): Promise<ObservationEnd> {
    this.#state = 'starting';
    try {
      return await this.#starts.pass(() => this.#follow(pid, leaving));
    } catch (error) {
      if (!(error instanceof FaultscopeError)) throw error;
      return { reason: 'refused', detail: error.line };
    }
  }

  /** Gives, once it has started, what comes of it: others may start meanwhile. */
  async #follow(pid: number, leaving: AbortSignal): Promise<{ later: Promise<ObservationEnd> }> {
    const observation = new Observation(resolvePid(pid), this.#target, this.#surroundings);
    this.#observation = observation;
    const left = new Promise<ObservationEnd>((resolve) => {
      const leave = () => resolve({ reason: leaving.reason, detail: null });
      if (leaving.aborted) leave();
      else leaving.addEventListener('abort', leave, { once: true });
    });
    try {
      const started = await Promise.race([observation.start().then(() => null), left]);
      if (started !== null) return { later: this.#over(observation, Promise.resolve(started)) };
    } catch (error) {
      await this.#end(observation, 'probe-failed');
      throw error;
    }
    this.#state = 'tracing';
    this.#detail = null;
    this.#closeGap();
    return { later: this.#over(observation, Promise.race([observation.ended, left])) };
  }

  async #over(observation: Observation, ending: Promise<ObservationEnd>): Promise<ObservationEnd> {
    const end = await ending;
    this.#state = 'ending';
    if (end.reason === 'probe-failed') this.#gaps += 1;
    await this.#end(observation, end.reason === 'refused' ? 'probe-failed' : end.reason);
    if (end.reason !== 'target-exited') this.#untracedSinceNs ??= monotonicNs();
    return end;
  }

  /** Its last figures are published from now on. */
  async #end(observation: Observation, reason: EndRecord['reason']): Promise<void> {
    await observation.stop(reason);
    this.#update();
    this.#continuity.sessionEnded();
    this.#observation = null;
  }

  #update(): void {
    const observation = this.#observation;
    if (observation === null) return;
    const { ticks } = observation;
    if (this.#told.observation === observation && this.#told.ticks === ticks) return;
    this.#told = { observation, ticks };
    const snapshot = observation.snapshot();
    if (snapshot !== null) this.#continuity.update(processMetrics(snapshot, this.#labels), monotonicNs());
  }

  #closeGap(): void {
    if (this.#untracedSinceNs !== null) this.#untracedNs += monotonicNs() - this.#untracedSinceNs;
    this.#untracedSinceNs = null;
  }
}
