import { setTimeout as later } from 'node:timers/promises';
import type {
  ActorRecord,
  EvictionsRecord,
  EvictionWay,
  FaultCauseRecord,
  PageSamplingRecord,
} from '../../../src/record/page-cache.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { Session } from '../../../src/session/session.js';
import { HOST } from '../support/direct-probe.js';

type Cause = FaultCauseRecord['cause'];

/** The latest records of the page cache's set. */
export class PageCacheRecords {
  readonly #actors = new Map<number, ActorRecord>();
  readonly #evictions = new Map<string, EvictionsRecord>();
  readonly #causes = new Map<string, FaultCauseRecord>();
  readonly losses: FaultscopeRecord[] = [];
  sampling: PageSamplingRecord | null = null;
  #state: (FaultscopeRecord & { kind: 'probe' }) | null = null;

  /** Throws where the set does not run. */
  expectRunning(): void {
    if (this.#state?.state !== 'running') throw new Error(`pagecache: ${this.#state?.state} ${this.#state?.detail}`);
  }

  actor(pid: number): ActorRecord | undefined {
    return this.#actors.get(pid);
  }

  get evictions(): readonly EvictionsRecord[] {
    return [...this.#evictions.values()];
  }

  get causes(): readonly FaultCauseRecord[] {
    return [...this.#causes.values()];
  }

  /** Pages that were evicted, by this process, in this way and of this file where they are given. */
  evicted({ pid, way, inode }: { pid?: number; way?: EvictionWay; inode?: bigint } = {}): number {
    return this.evictions
      .filter((one) => pid === undefined || one.actor.pid === pid)
      .filter((one) => way === undefined || one.way === way)
      .filter((one) => inode === undefined || one.inode === inode)
      .reduce((sum, { pages }) => sum + pages, 0);
  }

  faults(...causes: Cause[]): number {
    return sumOf(this.causes.filter(({ cause }) => causes.length === 0 || causes.includes(cause)));
  }

  refaultsBy(pid: number, inode?: bigint): number {
    const by = this.causes.filter(({ eviction }) => eviction?.actor.pid === pid);
    return sumOf(by.filter((one) => inode === undefined || one.inode === inode));
  }

  apply(record: FaultscopeRecord): void {
    switch (record.kind) {
      case 'probe':
        if (record.set === 'pagecache' && record.state !== 'stopped') this.#state = record;
        return;
      case 'loss':
        if (record.set === 'pagecache') this.losses.push(record);
        return;
      case 'actor':
        this.#actors.set(record.pid, record);
        return;
      case 'evictions': {
        const { actor, way, device, inode } = record;
        this.#evictions.set(`${actor.pid} ${way} ${device} ${inode}`, record);
        return;
      }
      case 'fault-cause': {
        const { cause, eviction, device, inode } = record;
        const evictor = `${eviction?.actor.pid} ${eviction?.way} ${eviction?.atNs}`;
        this.#causes.set(`${cause} ${evictor} ${device} ${inode}`, record);
        return;
      }
      case 'page-sampling':
        this.sampling = record;
        return;
      default:
        return;
    }
  }
}

/** A session with the page cache's set on. */
export class Observation extends PageCacheRecords {
  readonly #session: Session;

  constructor(pid: number, bpftrace: string) {
    super();
    this.#session = new Session({
      toolVersion: 'test',
      host: HOST,
      target: { pid, comm: 'pagecache', exe: null, launched: false },
      bpftrace,
      intervalMs: 400,
      exact: 'auto',
      sets: ['pagecache'],
      capacity: null,
      budget: null,
      threads: 2,
      emit: (record) => this.apply(record),
    });
  }

  /** Resolves when it is attached; throws where that failed. */
  async start(): Promise<void> {
    await this.#session.start();
    this.expectRunning();
  }

  /** The last figures are in when it resolves; what was last printed has a moment to arrive. */
  async stop(): Promise<void> {
    await later(200);
    await this.#session.stop('quit');
  }
}

function sumOf(causes: readonly FaultCauseRecord[]): number {
  return causes.reduce((sum, { count }) => sum + count, 0);
}
