import { Trace } from '../../src/model/trace.js';
import { PageCacheDecoder } from '../../src/probe/decode-pagecache.js';
import { RequestsDecoder } from '../../src/probe/decode-requests.js';
import { StacksDecoder } from '../../src/probe/decode-stacks.js';
import { StorageDecoder } from '../../src/probe/decode-storage.js';
import { ThreadsDecoder } from '../../src/probe/decode-threads.js';
import { WakersDecoder } from '../../src/probe/decode-wakers.js';
import type { DumpDecoder } from '../../src/probe/dump-decoder.js';
import type { FaultscopeRecord, ProbeSet, SessionRecord } from '../../src/record/record.js';
import { PROBE_SETS } from '../../src/record/record.js';
import { FileSystems } from '../../src/session/file-systems.js';
import { FileWatch } from '../../src/session/file-watch.js';
import { MappingWatch } from '../../src/session/mapping-watch.js';
import { ResidencyWatch } from '../../src/session/residency-watch.js';
import { Dice } from './dice.js';
import { PageCacheScript } from './page-cache-script.js';
import { requestsScript, storageScript, WakersScript } from './small-scripts.js';
import { StacksScript } from './stacks-script.js';
import { Target } from './target.js';
import { SECOND, ThreadsScript } from './threads-script.js';
import { Truth } from './truth.js';

/** A month after boot. */
const BASE_NS = 2_592_000_000_000_001n;

const SESSION: SessionRecord = {
  kind: 'session',
  syscallTable: 'x86_64',
  formatVersion: 1,
  toolVersion: '0.1.0',
  startedAtMs: Date.UTC(2024, 0, 1),
  atNs: BASE_NS,
  host: { kernel: '6.18.0', arch: 'x86_64', cpus: 8, bpftrace: '0.23.2' },
  target: { pid: 40, comm: 'target', exe: '/bin/target', launched: false },
};

type Decoders = Record<Exclude<ProbeSet, 'entry'>, DumpDecoder>;

export interface LongSessionOptions {
  readonly threads: number;
  /** How many of them end after some seconds, and are replaced. */
  readonly churning: number;
  /** How many of them run in a second. */
  readonly changing: number;
  /** Single events are lost on their way. */
  readonly losing: boolean;
  /** The interval: from one tick to the next. */
  readonly tickSeconds: number;
  /** Every so many seconds the sets that can be switched are stopped and started again. */
  readonly restartSeconds: number;
}

/**
 * A live session without a kernel: simulated scripts print what the real ones would, and it goes the way it goes live:
 * decoders, what watches mappings, files and runtime, and the model. Every call of `tick` is one interval of it.
 */
export class LongSession {
  readonly trace = new Trace(SESSION);
  readonly truth = new Truth();
  readonly #options: LongSessionOptions;
  readonly #dice = new Dice(12_345);
  readonly #target = new Target(this.#dice);
  readonly #threads: ThreadsScript;
  readonly #pageCache: PageCacheScript;
  readonly #stacks = new StacksScript(this.#dice, BASE_NS);
  readonly #wakers: WakersScript;
  readonly #requests = requestsScript(this.#dice, BASE_NS);
  readonly #storage = storageScript(this.#dice, BASE_NS);
  readonly #mappings: MappingWatch;
  readonly #files: FileWatch;
  readonly #residency: ResidencyWatch;
  readonly #decoders: Decoders = {
    threads: new ThreadsDecoder(),
    requests: new RequestsDecoder(),
    storage: new StorageDecoder(),
    pagecache: new PageCacheDecoder(),
    stacks: new StacksDecoder(() => null),
    wakers: new WakersDecoder(),
  };
  readonly #named = new Set<number>();
  #seconds = 0;
  records = 0;

  constructor(options: LongSessionOptions) {
    this.#options = options;
    const { threads, churning, changing, losing } = options;
    const mapKeys = Math.max(2 ** 15, 2 ** Math.ceil(Math.log2(threads * 8)));
    const placeOf = this.#target.placeOf.bind(this.#target);
    const tickNs = options.tickSeconds * SECOND;
    const common = { threads, churning, changing, losing, mapKeys, tickNs, baseNs: BASE_NS, placeOf };
    this.#threads = new ThreadsScript(common, this.#dice, this.truth);
    this.#wakers = new WakersScript(this.#dice, BASE_NS, mapKeys);
    this.#pageCache = new PageCacheScript(
      {
        baseNs: BASE_NS,
        takePid: () => this.#threads.takePid(),
        files: () => ({ device: this.#target.device, inodes: this.#target.files.map(({ inode }) => inode) }),
      },
      this.#dice,
    );
    const nowNs = (): bigint => this.#atNs;
    const fileSystems = new FileSystems(() => new Map(), nowNs);
    this.#mappings = new MappingWatch({ nowNs, fileSystems, maps: () => this.#target.maps() });
    const tell = { emit: (record: FaultscopeRecord) => this.#apply(record), nowNs };
    this.#files = new FileWatch({
      ...tell,
      pid: 40,
      mappings: this.#mappings,
      fileSystems,
      pages: true,
      sizeOf: async () => 1n << 26n,
    });
    this.#residency = new ResidencyWatch({
      ...tell,
      files: this.#files,
      read: async (mappings) => mappings.map(() => ({ residentBytes: 1n << 20n, sizeBytes: 1n << 26n })),
    });
    this.#begin();
  }

  get seconds(): number {
    return this.#seconds;
  }

  /** All that happens up to the next tick. */
  async tick(): Promise<void> {
    this.#seconds += this.#options.tickSeconds;
    const nowNs = this.#seconds * SECOND;
    if (this.#seconds % this.#options.restartSeconds < this.#options.tickSeconds) this.#restart(nowNs);
    this.#target.second(nowNs);
    this.#decode('threads', this.#threads.tick(nowNs));
    const { faults, threads } = this.#threads;
    this.#decode('pagecache', this.#pageCache.second(nowNs, faults));
    const stacks = [...this.#stacks.second(nowNs, faults)];
    for (const symbol of this.#stacks.symbols()) this.#apply(symbol);
    this.#decode('stacks', stacks);
    const pid = this.#threads.takePid();
    this.#name(pid);
    this.#decode('wakers', this.#wakers.second(nowNs, [...threads.values()], pid));
    this.#decode('requests', this.#requests.second(nowNs));
    this.#decode('storage', this.#storage.second(nowNs));
    this.#readings(nowNs);
    this.#files.tick();
    this.#residency.tick();
    this.#apply({ kind: 'tick', atNs: this.#atNs });
    // What is asked for while nobody waits: sizes of files, pages in memory.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** A last reading of all threads: from here on the model's totals are to be the truth. */
  finish(): void {
    const nowNs = this.#seconds * SECOND + SECOND / 2;
    for (const record of this.#threads.readings(nowNs, true)) this.#apply(record);
    this.#threads.closeTruth(nowNs);
    this.#apply({ kind: 'tick', atNs: BASE_NS + BigInt(nowNs) });
  }

  #begin(): void {
    for (const set of PROBE_SETS) if (set !== 'entry') this.#running(set, 0);
    this.#apply({
      kind: 'runtime',
      atNs: BASE_NS,
      runtime: {
        kind: 'go',
        version: 'go1.24.4',
        capacity: 2,
        capacitySource: 'GOMAXPROCS, read from the process',
        goroutines: true,
        goroutineDetail: null,
      },
    });
    for (const record of this.#threads.begin()) this.#apply(record);
  }

  /** As a reader would with a key, twice. */
  #restart(nowNs: number): void {
    this.#decoders.stacks = new StacksDecoder(() => null);
    this.#decoders.wakers = new WakersDecoder();
    this.#stacks.restart();
    this.#wakers.restart();
    for (const set of ['stacks', 'wakers'] as const) this.#running(set, nowNs);
  }

  #running(set: ProbeSet, nowNs: number): void {
    const atNs = BASE_NS + BigInt(nowNs);
    this.#apply({ kind: 'probe', atNs, set, state: 'running', variant: 'simulated', detail: null });
  }

  #decode(set: keyof Decoders, lines: Iterable<string>): void {
    const decoder = this.#decoders[set];
    for (const line of lines) for (const record of decoder.line(line)) this.#emit(record);
  }

  /** As src/session/session.ts does. */
  #emit(record: FaultscopeRecord): void {
    const mapping = record.kind === 'fault' ? this.#mappings.before(record) : null;
    if (mapping !== null) this.#apply(mapping);
    if (record.kind === 'fault' || record.kind === 'file-faults') this.#files.before(record);
    this.#apply(record);
  }

  #apply(record: FaultscopeRecord): void {
    this.records += 1;
    this.trace.apply(record);
  }

  #name(pid: number): void {
    if (this.#named.has(pid)) return;
    this.#named.add(pid);
    this.#apply({ kind: 'waker-name', atNs: this.#atNs, pid, comm: `job-${pid}` });
  }

  #readings(nowNs: number): void {
    for (const record of this.#threads.readings(nowNs)) this.#apply(record);
    const atNs = this.#atNs;
    const seconds = this.#seconds;
    const majorFaults = Number(this.truth.majorFaults);
    const faults = { majorFaults, majorFaultsBefore: majorFaults, minorFaults: seconds * 1000 };
    this.#apply({ kind: 'process', atNs, ...faults, threads: this.#threads.threads.size, hostFaults: seconds * 5000 });
    this.#apply({
      kind: 'system',
      atNs,
      userTicks: seconds * 90,
      systemTicks: seconds * 40,
      host: {
        userTicks: seconds * 200,
        systemTicks: seconds * 100,
        iowaitTicks: seconds * 200,
        idleTicks: seconds * 300,
        stealTicks: 0,
      },
      memoryPressure: { someUs: seconds * 1000, fullUs: seconds * 500 },
      ioPressure: { someUs: seconds * 3000, fullUs: seconds * 700 },
    });
    this.#apply({
      kind: 'memory-cgroup',
      atNs,
      path: '/app',
      limitBytes: 2 ** 33,
      usageBytes: 2 ** 33 - this.#dice.below(2 ** 20),
      fileBytes: 2 ** 32,
      anonBytes: 2 ** 31,
      workingsetRefaultFile: BigInt(seconds * 100),
    });
    for (let index = 0; index < 20; index += 1) {
      this.#apply({ kind: 'request', atNs, durationNs: 1000 + this.#dice.below(10_000_000), weight: 10 });
    }
    if (seconds % 2 === 0) {
      const cells = Array.from({ length: 20 }, (_, index) => ({
        startPc: BigInt(0x480000 + index * 0x100),
        runnable: 2,
        running: 1,
        syscall: 0,
        waiting: this.#dice.below(100),
      }));
      this.#apply({ kind: 'goroutine-census', atNs, total: 2000, cells });
    }
  }

  get #atNs(): bigint {
    return BASE_NS + BigInt(this.#seconds * SECOND);
  }
}
