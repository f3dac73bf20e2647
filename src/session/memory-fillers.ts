import { AnonymousGrowth, type Growth } from '../host/anonymous-growth.js';
import { type ProcessIdentity, readIdentity } from '../host/process-identity.js';
import type { ActorRecord } from '../record/page-cache.js';
import type { FaultscopeRecord } from '../record/record.js';

/** Anonymous memory is read this often, and no more than one part in a hundred of the time. */
const PERIOD_MS = 2000;
const COST_FACTOR = 100;

/** Processes whose identity is remembered, so that it is told once for as long as it stays the same. */
const KEPT = 10_000;

/** Says who processes are that evict pages or fill memory, and how the anonymous memory of all of them grows. */
export class MemoryFillers {
  readonly #emit: (record: FaultscopeRecord) => void;
  readonly #nowNs: () => bigint;
  readonly #procRoot: string;
  /** What was told of a process last, by PID. */
  readonly #told = new Map<number, string>();
  #growth: AnonymousGrowth | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: (record: FaultscopeRecord) => void, nowNs: () => bigint, procRoot = '/proc') {
    this.#emit = emit;
    this.#nowNs = nowNs;
    this.#procRoot = procRoot;
  }

  /** Passes a record of the kernel script on; where it brings a process, with what /proc says of it. */
  pass(record: FaultscopeRecord): void {
    this.#emit(record.kind === 'actor' ? this.#described(record) : record);
  }

  start(): void {
    if (this.#growth !== null) return;
    this.#growth = new AnonymousGrowth(this.#procRoot);
    this.#scan();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#growth = null;
  }

  #scan(): void {
    if (this.#growth === null) return;
    const beganNs = this.#nowNs();
    for (const growth of this.#growth.scan()) this.#grown(growth);
    const tookMs = Number(this.#nowNs() - beganNs) / 1e6;
    this.#timer = setTimeout(() => this.#scan(), Math.max(PERIOD_MS, tookMs * COST_FACTOR));
    this.#timer.unref();
  }

  #grown({ pid, bytes }: Growth): void {
    const identity = readIdentity(this.#procRoot, pid);
    if (identity === null) return;
    const { generation } = identity;
    const atNs = this.#nowNs();
    if (this.#told.get(pid) !== asText(identity)) this.#emit({ kind: 'actor', atNs, pid, ...identity });
    this.#remember(pid, identity);
    this.#emit({ kind: 'fill', actor: { pid, generation }, source: 'anonymous', atNs, bytes });
  }

  #described(record: ActorRecord): ActorRecord {
    const identity = readIdentity(this.#procRoot, record.pid);
    if (identity === null || identity.generation !== record.generation) return record;
    this.#remember(record.pid, identity);
    const { comm, command, cgroup } = identity;
    return { ...record, comm, command, cgroup };
  }

  #remember(pid: number, identity: ProcessIdentity): void {
    this.#told.delete(pid);
    this.#told.set(pid, asText(identity));
    const [oldest] = this.#told.keys();
    if (this.#told.size > KEPT && oldest !== undefined) this.#told.delete(oldest);
  }
}

/** A process becomes another program, or moves to another cgroup. */
function asText(identity: ProcessIdentity): string {
  return JSON.stringify(identity);
}
