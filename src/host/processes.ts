import { setImmediate as nextTurn } from 'node:timers/promises';
import { monotonicNs } from './clock.js';
import { pageSizeBytes } from './page-size.js';
import { fromBytes } from './proc-file.js';
import { listPids, readCommandLine, readProcessStat } from './proc-process.js';
import { isKernelThread, type StatLine } from './proc-stat.js';

/** One process of the host, as a list to pick from shows it. */
export interface ProcessRow {
  readonly pid: number;
  /** An outside string. */
  readonly comm: string;
  /** An outside string; arguments joined by blanks. */
  readonly cmdline: string;
  /** Between the last two scans; null before the second. */
  readonly majorFaultRateHz: number | null;
  /** Since the process began. */
  readonly majorFaults: number;
  readonly threads: number;
  readonly rssBytes: number;
}

/** Where a list of processes comes from. */
export interface ProcessSource {
  /** Worst major fault rate first. */
  rows(): readonly ProcessRow[];
  /** Calls back after every change of {@link rows}; the returned function ends that. */
  onChange(listener: () => void): () => void;
}

/** How long one slice of a scan may hold up the event loop. */
const SLICE_NS = 4_000_000n;

/** With thousands of processes a scan takes a tenth of a second and more; this keeps it under a tenth of a CPU. */
const PAUSE_PER_SCAN = 9;

interface Seen {
  readonly startTicks: number;
  readonly commBytes: string;
  readonly cmdline: string;
  readonly majorFaults: number;
  readonly atNs: bigint;
}

/** All user processes but ourselves. Reads a few milliseconds at a time, so that a screen stays responsive. */
export class ProcessTable implements ProcessSource {
  readonly #procRoot: string;
  readonly #pageBytes = pageSizeBytes();
  readonly #listeners = new Set<() => void>();
  #seen: ReadonlyMap<number, Seen> = new Map();
  #rows: readonly ProcessRow[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running = false;

  constructor(procRoot = '/proc') {
    this.#procRoot = procRoot;
  }

  rows(): readonly ProcessRow[] {
    return this.#rows;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Scans now, and again `intervalMs` or more after each scan's end, until {@link stop}. */
  start(intervalMs: number): void {
    this.#running = true;
    void this.#scanForEver(intervalMs);
  }

  stop(): void {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** One scan of all processes; rates come from the difference to the scan before. */
  async scan(): Promise<void> {
    const seen = new Map<number, Seen>();
    const rows: ProcessRow[] = [];
    let sliceEndsNs = monotonicNs() + SLICE_NS;
    for (const pid of listPids(this.#procRoot)) {
      if (pid !== process.pid) this.#read(pid, seen, rows);
      if (monotonicNs() < sliceEndsNs) continue;
      await nextTurn();
      sliceEndsNs = monotonicNs() + SLICE_NS;
    }
    this.#seen = seen;
    this.#rows = rows.sort(worstFirst);
    for (const listener of [...this.#listeners]) listener();
  }

  async #scanForEver(intervalMs: number): Promise<void> {
    const beganNs = monotonicNs();
    await this.scan();
    const tookMs = Number(monotonicNs() - beganNs) / 1e6;
    const pauseMs = Math.max(intervalMs, tookMs * PAUSE_PER_SCAN);
    if (this.#running) this.#timer = setTimeout(() => void this.#scanForEver(intervalMs), pauseMs);
  }

  #read(pid: number, seen: Map<number, Seen>, rows: ProcessRow[]): void {
    const stat = readProcessStat(this.#procRoot, pid);
    if (stat === null || isKernelThread(stat) || stat.state === 'Z') return;
    const before = this.#seenBefore(pid, stat);
    const cmdline = before?.commBytes === stat.commBytes ? before.cmdline : readCommandLine(this.#procRoot, pid);
    const { startTicks, commBytes, majorFaults } = stat;
    const now: Seen = { startTicks, commBytes, cmdline, majorFaults, atNs: monotonicNs() };
    seen.set(pid, now);
    rows.push({
      pid,
      comm: fromBytes(commBytes),
      cmdline,
      majorFaultRateHz: before === null ? null : rateHz(before, now),
      majorFaults,
      threads: stat.threads,
      rssBytes: stat.rssPages * this.#pageBytes,
    });
  }

  /** The same process in the scan before: same PID, same start. */
  #seenBefore(pid: number, stat: StatLine): Seen | null {
    const before = this.#seen.get(pid);
    return before?.startTicks === stat.startTicks ? before : null;
  }
}

function rateHz(before: Seen, now: Seen): number | null {
  const elapsedNs = Number(now.atNs - before.atNs);
  return elapsedNs > 0 ? ((now.majorFaults - before.majorFaults) * 1e9) / elapsedNs : null;
}

function worstFirst(a: ProcessRow, b: ProcessRow): number {
  return (b.majorFaultRateHz ?? -1) - (a.majorFaultRateHz ?? -1) || b.majorFaults - a.majorFaults || a.pid - b.pid;
}
