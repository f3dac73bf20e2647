import type { Readable } from '../host/answers.js';
import { heldInode } from '../host/held-inode.js';
import { inspectRuntime } from '../host/runtime/inspect.js';
import type { KernelGo } from '../host/runtime/kernel-go.js';
import { type ObservedRuntime, unreadRuntime } from '../host/runtime/observed-runtime.js';
import type { KernelRuntime } from '../probe/runtime-patches.js';
import type { FaultscopeRecord, RuntimeFacts, TargetFacts } from '../record/record.js';

export interface RuntimeWatchOptions {
  readonly target: TargetFacts;
  /** `--capacity`; null without it. */
  readonly capacity: number | null;
  readonly emit: (record: FaultscopeRecord) => void;
  readonly nowNs: () => bigint;
  /** Whether the program that it runs after execve(2) can be read. */
  readonly readable: () => Readable;
  readonly inspect?: typeof inspectRuntime;
}

/** Goroutines are counted no sooner than this again, and no more of the time than one part in fifty. */
const CENSUS_PAUSE_NS = 2_000_000_000n;
const CENSUS_COST_FACTOR = 50n;

/** Start functions named: no program has that many. */
const MOST_NAMES = 65_536;

/** How soon what a program did not say yet is asked for again, beside every tick. */
const IMPATIENCE_NS = 50_000_000n;

/** sysmon is one of the first threads; where it was not found in so many readings, it is not looked for any more. */
const ROLE_READINGS = 10;

/** Follows what the target says about its runtime, through execve(2) too, and tells it as records when it changes. */
export class RuntimeWatch {
  readonly #options: RuntimeWatchOptions;
  readonly #inspect: typeof inspectRuntime;
  #runtime: ObservedRuntime;
  /** What the kernel script was given, for good. */
  readonly #given: KernelGo | null;
  readonly #givenCapacity: number | null;
  /** False while a launched target waits to be executed. */
  #hasBegun: boolean;
  #program: string | null;
  #told: string | null = null;
  readonly #named = new Set<bigint>();
  #roleReadings = ROLE_READINGS;
  #nextCensusNs = 0n;
  #nextReviewNs = 0n;

  /** Looks at the target, and says nothing yet. `isReadable`: whether the program that it runs now can be read. */
  constructor(options: RuntimeWatchOptions, isReadable: boolean) {
    const { target } = options;
    this.#options = options;
    this.#inspect = options.inspect ?? inspectRuntime;
    this.#hasBegun = !target.launched;
    this.#program = programOf(target.pid);
    this.#runtime = isReadable ? this.#look(target.launched ? target.exe : null) : unreadRuntime(options.capacity);
    this.#given = this.#runtime.kernelGo;
    this.#givenCapacity = this.#runtime.facts.capacity;
  }

  get facts(): RuntimeFacts {
    const facts = this.#asCounted(this.#runtime.facts);
    if (!facts.goroutines || isSame(this.#runtime.kernelGo, this.#given)) return facts;
    const goroutineDetail = 'tracing began before this program did; start faultscope on it anew';
    return { ...facts, goroutines: false, goroutineDetail };
  }

  /** The kernel script tells full stalls from the capacity it was given, unless it knows where to read it. */
  #asCounted(facts: RuntimeFacts): RuntimeFacts {
    if (facts.capacity === this.#givenCapacity || this.#scriptFollows()) return facts;
    const now = facts.capacity === null ? 'not known now' : `${facts.capacity} now`;
    const capacitySource = `as tracing began; it is ${now}, start faultscope anew to count by that`;
    return { ...facts, capacity: this.#givenCapacity, capacitySource };
  }

  #scriptFollows(): boolean {
    const given = this.#given?.gomaxprocsDelta ?? null;
    const { kernelGo } = this.#runtime;
    if (given === null || !isSame(kernelGo, this.#given)) return false;
    return given === (kernelGo?.gomaxprocsDelta ?? given);
  }

  /** For the kernel script; right at the start of the session and not thereafter. */
  get kernelRuntime(): KernelRuntime {
    const { kind, capacity } = this.facts;
    if (kind === 'go') return this.#given === null ? { kind: 'go-unknown' } : { kind: 'go', go: this.#given };
    // Told that several threads run its code, we believe that every thread may be one of them.
    return kind === 'node' && capacity === 1 ? { kind: 'event-loop' } : { kind: 'native' };
  }

  /** The first record. */
  begin(): void {
    this.#tell();
  }

  /** A launched target is now executed in place of what waited. */
  targetBegan(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#program = programOf(this.#options.target.pid);
    this.#renew();
    this.#tell();
  }

  /** At every tick: reads what may have changed, and counts goroutines where that is due. */
  tick(): void {
    if (!this.#hasBegun) return;
    this.#review();
    this.#tellRoles();
    this.#takeCensus();
  }

  /**
   * What becomes of a record on its way: names are told before it, and goroutines are left out as long as they are not
   * verified. Null where nothing is left of it.
   */
  admit<R extends FaultscopeRecord>(record: R): R | null {
    if (record.kind === 'goroutine-faults') return this.#mayTell(record.startPc) ? record : null;
    if (record.kind !== 'fault' || record.goroutine === null) return record;
    return this.#mayTell(record.goroutine.startPc) ? record : { ...record, goroutine: null };
  }

  close(): void {
    this.#runtime.close();
  }

  #mayTell(startPc: bigint): boolean {
    if (!this.facts.goroutines) {
      this.#reviewSoon();
      if (!this.facts.goroutines) return false;
    }
    this.#name(startPc);
    return true;
  }

  #name(pc: bigint): void {
    if (pc === 0n || this.#named.has(pc) || this.#named.size >= MOST_NAMES) return;
    this.#named.add(pc);
    const name = this.#runtime.functionName(pc);
    if (name !== null) this.#options.emit({ kind: 'function', pc, name });
  }

  /** A program that has just begun says nothing yet: what it does then should not go unnamed until the next tick. */
  #reviewSoon(): void {
    const nowNs = this.#options.nowNs();
    if (!this.#hasBegun || nowNs < this.#nextReviewNs) return;
    this.#nextReviewNs = nowNs + IMPATIENCE_NS;
    this.#review();
  }

  #review(): void {
    const program = programOf(this.#options.target.pid);
    // Gone: what it was is all that can be said.
    if (program === null) return;
    const isAnother = program !== this.#program || this.#runtime.reread() === null;
    this.#program = program;
    if (isAnother) this.#renew();
    this.#tell();
  }

  /** After execve(2) nothing of what was known holds. */
  #renew(): void {
    this.#runtime.close();
    this.#named.clear();
    this.#roleReadings = ROLE_READINGS;
    const readable = this.#options.readable();
    this.#runtime = readable === true ? this.#look(null) : unreadRuntime(this.#options.capacity);
    if (readable !== true) void this.#renewOnce(readable, this.#runtime);
  }

  async #renewOnce(readable: Promise<boolean>, unread: ObservedRuntime): Promise<void> {
    if (!(await readable) || this.#runtime !== unread) return;
    this.#runtime = this.#look(null);
    this.#tell();
  }

  #look(aboutToRun: string | null): ObservedRuntime {
    const { target, capacity } = this.#options;
    return this.#inspect(target.pid, { capacityOverride: capacity, aboutToRun });
  }

  #tell(): void {
    const runtime = this.facts;
    const text = JSON.stringify(runtime);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.emit({ kind: 'runtime', atNs: this.#options.nowNs(), runtime });
  }

  #tellRoles(): void {
    if (this.#roleReadings === 0) return;
    this.#roleReadings -= 1;
    const roles = this.#runtime.roles();
    if (roles.length > 0) this.#roleReadings = 0;
    for (const role of roles) this.#options.emit(role);
  }

  #takeCensus(): void {
    const atNs = this.#options.nowNs();
    if (!this.facts.goroutines || atNs < this.#nextCensusNs) return;
    const census = this.#runtime.census();
    const costNs = (this.#options.nowNs() - atNs) * CENSUS_COST_FACTOR;
    this.#nextCensusNs = atNs + (costNs > CENSUS_PAUSE_NS ? costNs : CENSUS_PAUSE_NS);
    if (census === null) return;
    for (const { startPc } of census.cells) this.#name(startPc);
    this.#options.emit({ kind: 'goroutine-census', atNs, ...census });
  }
}

/** Which file a process runs; null where it is gone. */
function programOf(pid: number): string | null {
  return heldInode(`/proc/${pid}/exe`);
}

/** The script finds goroutines the same way; where GOMAXPROCS is does not matter for that. Asked for every single fault. */
function isSame(a: KernelGo | null, b: KernelGo | null): boolean {
  if (a === null || b === null) return a === b;
  const { g, m } = a;
  return (
    a.tlsOffset === b.tlsOffset &&
    g.m === b.g.m &&
    g.goid === b.g.goid &&
    g.atomicstatus === b.g.atomicstatus &&
    g.startpc === b.g.startpc &&
    m.g0 === b.m.g0 &&
    m.curg === b.m.curg &&
    m.p === b.m.p
  );
}
