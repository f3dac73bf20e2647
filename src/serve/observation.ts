import { threadCount } from '../host/thread-count.js';
import type { Snapshot } from '../model/snapshot.js';
import { Trace } from '../model/trace.js';
import type { EndRecord, HostFacts, TargetFacts } from '../record/record.js';
import { Session } from '../session/session.js';
import type { TargetConfig } from './config.js';

/** What every observation of a run has in common. */
export interface Surroundings {
  readonly toolVersion: string;
  readonly host: HostFacts;
  readonly bpftrace: string;
}

/** Why one is over, and in what words where there is more to say. */
export interface ObservationEnd {
  readonly reason: EndRecord['reason'] | 'refused';
  readonly detail: string | null;
}

/** One process under observation, from when it is attached to until one of the two is over. */
export class Observation {
  readonly target: TargetFacts;
  readonly #session: Session;
  #trace: Trace | null = null;
  #ticks = 0;

  constructor(
    target: TargetFacts,
    { intervalMs, sets, exact, capacity, budget }: TargetConfig,
    surroundings: Surroundings,
  ) {
    this.target = target;
    this.#session = new Session({
      ...surroundings,
      target,
      intervalMs,
      exact: exact ? 'on' : 'auto',
      sets,
      capacity,
      budget,
      threads: threadCount(target.pid),
      emit: (record) => {
        if (record.kind === 'session') this.#trace = new Trace(record);
        this.#trace?.apply(record);
        if (record.kind === 'tick') this.#ticks += 1;
      },
    });
  }

  /** Grows with every reading: a snapshot of the same is the same. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Resolves when it is attached. Throws FaultscopeError where the kernel cannot be traced. */
  start(): Promise<void> {
    return this.#session.start();
  }

  /** Resolves when it can go on no longer. */
  get ended(): Promise<ObservationEnd> {
    return this.#session.ended;
  }

  /** What was seen last is in {@link snapshot} when it resolves. */
  stop(reason: EndRecord['reason']): Promise<void> {
    return this.#session.stop(reason);
  }

  /** Null before anything is known. */
  snapshot(): Snapshot | null {
    return this.#trace?.snapshot() ?? null;
  }
}
