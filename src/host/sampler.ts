import { readdirSync } from 'node:fs';
import type { FaultscopeRecord, ProcessRecord } from '../record/record.js';
import { KnownThread } from './known-thread.js';
import { readProcFile } from './proc-file.js';
import { hasEnded, parseStat, type StatLine } from './proc-stat.js';
import { parseVmstat } from './proc-vmstat.js';
import { isMissing } from './system-error.js';
import { DescriptorAllowance } from './thread-files.js';

export interface SamplerOptions {
  /** What one pass may take; a pass with `readAll` takes what it needs. */
  readonly budgetNs?: bigint;
  /** How many /proc files may stay open between passes (two a thread); the others are opened anew each time. */
  readonly keptFiles?: number;
  /** Where procfs is mounted. */
  readonly procRoot?: string;
}

/** What one pass found. */
export interface Pass {
  readonly records: readonly FaultscopeRecord[];
  /** False once the process has ended or its PID belongs to another one; every thread then has its GoneRecord. */
  readonly alive: boolean;
}

/**
 * Reads the threads of one process, pass by pass. Every thread in every pass while they are few, but for those that have
 * not run of late; with thousands the ones that are new or {@link prefer}red first, then those that were read longest ago,
 * within the budget.
 */
export class TaskSampler {
  readonly #directory: string;
  readonly #vmstat: string;
  readonly #budgetNs: bigint;
  readonly #allowance: DescriptorAllowance;
  /** In the order of their latest reading, oldest first. */
  readonly #threads = new Map<number, KnownThread>();
  /** Seen in the directory, not read yet. */
  readonly #unread = new Set<number>();
  readonly #preferred = new Set<number>();
  #passes = 0;
  #startTicks: number | null = null;
  /** What listing owes the budget, see {@link #listIsDue}. */
  #listingDebtNs = 0n;

  constructor(pid: number, options: SamplerOptions = {}) {
    const procRoot = options.procRoot ?? '/proc';
    this.#directory = `${procRoot}/${pid}`;
    this.#vmstat = `${procRoot}/vmstat`;
    this.#budgetNs = options.budgetNs ?? 10_000_000n;
    this.#allowance = new DescriptorAllowance(options.keptFiles ?? 2048);
  }

  /** Reads these first in the next pass: threads that just ran or faulted. A tid that is not of this process is ignored. */
  prefer(tids: Iterable<number>): void {
    for (const tid of tids) this.#preferred.add(tid);
  }

  /** One pass. `readAll` reads every thread whatever it costs: right for the first and the last pass of a session. */
  sample(nowNs: () => bigint, { readAll = false } = {}): Pass {
    this.#passes += 1;
    const records: FaultscopeRecord[] = [];
    const beganNs = nowNs();
    const stat = this.#readProcess();
    if (stat !== null) records.push(this.#processRecord(stat, beganNs));
    if (stat === null || hasEnded(stat)) {
      this.#endAll(beganNs, records);
      return { records, alive: false };
    }
    if (readAll || this.#listIsDue()) this.#list(nowNs, records);
    const deadlines = readAll ? NEVER : this.#deadlines(beganNs, nowNs());
    const read = this.#readFirst(nowNs, deadlines.firstNs, records);
    this.#readOldest(nowNs, deadlines.restNs, read, records);
    return { records, alive: true };
  }

  /** The process's major faults by now; null where it is gone. */
  majorFaults(): number | null {
    return this.#readProcess()?.majorFaults ?? null;
  }

  /** Gives all descriptors back; no record is made. */
  close(): void {
    for (const thread of this.#threads.values()) thread.end(0n);
    this.#threads.clear();
  }

  /** Null where the process is gone, also where its PID was given to another one. */
  #readProcess(): StatLine | null {
    const text = readProcFile(`${this.#directory}/stat`);
    const stat = text === null ? null : parseStat(text);
    if (stat === null) return null;
    this.#startTicks ??= stat.startTicks;
    return stat.startTicks === this.#startTicks ? stat : null;
  }

  #processRecord(stat: StatLine, atNs: bigint): ProcessRecord {
    const { majorFaults, minorFaults, threads } = stat;
    const hostFaults = parseVmstat(readProcFile(this.#vmstat) ?? '', 'pgfault') ?? 0;
    return { kind: 'process', atNs, majorFaults, majorFaultsBefore: null, minorFaults, threads, hostFaults };
  }

  /** Listing thousands of threads alone takes most of a budget: then only so often that it averages a fifth of it. */
  #listIsDue(): boolean {
    this.#listingDebtNs = max(0n, this.#listingDebtNs - this.#budgetNs / 5n);
    return this.#listingDebtNs === 0n;
  }

  #list(nowNs: () => bigint, records: FaultscopeRecord[]): void {
    const beganNs = nowNs();
    const present = listThreads(`${this.#directory}/task`);
    for (const tid of this.#threads.keys()) if (!present.has(tid)) this.#end(tid, beganNs, records);
    this.#unread.clear();
    for (const tid of present) if (!this.#threads.has(tid)) this.#unread.add(tid);
    this.#listingDebtNs = nowNs() - beganNs;
  }

  /** A quarter of the budget is kept for the old threads, and a long listing does not eat that quarter. */
  #deadlines(beganNs: bigint, listedNs: bigint): Deadlines {
    const quarterNs = this.#budgetNs / 4n;
    const restNs = max(beganNs + this.#budgetNs, listedNs + quarterNs);
    return { firstNs: restNs - quarterNs, restNs };
  }

  /** New and preferred threads; the new ones that find no time stay first in line. Returns those it read. */
  #readFirst(nowNs: () => bigint, endNs: bigint | null, records: FaultscopeRecord[]): ReadonlySet<number> {
    const wanted = new Set([...this.#unread, ...this.#preferred]);
    this.#preferred.clear();
    const read = new Set<number>();
    for (const tid of wanted) {
      this.#read(tid, nowNs, records);
      read.add(tid);
      if (endNs !== null && nowNs() >= endNs) break;
    }
    return read;
  }

  /** Round-robin: a thread that is read goes to the end of the map. */
  #readOldest(nowNs: () => bigint, endNs: bigint | null, done: ReadonlySet<number>, records: FaultscopeRecord[]): void {
    const due = [...this.#threads.values()].filter((thread) => !this.#isResting(thread) || endNs === null);
    for (const { tid } of due) {
      if (done.has(tid)) continue;
      this.#read(tid, nowNs, records);
      if (endNs !== null && nowNs() >= endNs) return;
    }
  }

  /** A thread that has not run lately has its turn in every fourth pass only, or when somebody prefers it. */
  #isResting({ tid, quiet }: KnownThread): boolean {
    return quiet && (tid + this.#passes) % RESTING_PASSES !== 0;
  }

  #read(tid: number, nowNs: () => bigint, records: FaultscopeRecord[]): void {
    this.#unread.delete(tid);
    const thread = this.#threads.get(tid) ?? new KnownThread(tid, `${this.#directory}/task/${tid}`, this.#allowance);
    const news = thread.read(nowNs);
    this.#threads.delete(tid);
    this.#threads.set(tid, thread);
    if (news === null) this.#end(tid, nowNs(), records);
    else records.push(...news);
  }

  #end(tid: number, atNs: bigint, records: FaultscopeRecord[]): void {
    records.push(...(this.#threads.get(tid)?.end(atNs) ?? []));
    this.#threads.delete(tid);
  }

  #endAll(atNs: bigint, records: FaultscopeRecord[]): void {
    for (const tid of this.#threads.keys()) this.#end(tid, atNs, records);
    this.#unread.clear();
  }
}

const RESTING_PASSES = 4;

/** Moments at which reading stops; null is never. */
interface Deadlines {
  readonly firstNs: bigint | null;
  readonly restNs: bigint | null;
}

const NEVER: Deadlines = { firstNs: null, restNs: null };

/** Thread numbers of a process; none where it is gone. */
function listThreads(directory: string): ReadonlySet<number> {
  try {
    return new Set(readdirSync(directory).map(Number));
  } catch (error) {
    if (isMissing(error)) return new Set();
    throw error;
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
