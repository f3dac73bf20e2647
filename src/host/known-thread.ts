import type { GoneRecord, SampleRecord, ThreadRecord, WaitingIn } from '../record/record.js';
import { fromBytes, readProcFile } from './proc-file.js';
import { parseSyscall } from './proc-syscall.js';
import { isForbidden } from './system-error.js';
import { type DescriptorAllowance, ThreadFiles, type ThreadReading } from './thread-files.js';

/** What one reading of a thread says; `gone` where it ended, or where its number now belongs to another thread. */
export type ThreadNews = readonly (ThreadRecord | SampleRecord | GoneRecord)[];

/** A tid under observation, and the thread (tid, startTicks) that has it now. */
export class KnownThread {
  readonly tid: number;
  readonly #directory: string;
  readonly #files: ThreadFiles;
  #startTicks: number | null = null;
  #commBytes: string | null = null;
  #onCpuNs = -1n;
  #quiet = false;

  constructor(tid: number, directory: string, allowance: DescriptorAllowance) {
    this.tid = tid;
    this.#directory = directory;
    this.#files = new ThreadFiles(directory, allowance);
  }

  /** It has not run between the last two readings. */
  get quiet(): boolean {
    return this.#quiet;
  }

  /** Reads it once. Null where the thread has ended: call {@link end}. */
  read(nowNs: () => bigint): ThreadNews | null {
    const reading = this.#files.read(nowNs);
    if (reading === null) return null;
    const { stat, atNs } = reading;
    const news: (ThreadRecord | SampleRecord | GoneRecord)[] = [];
    const reused = this.#startTicks !== null && this.#startTicks !== stat.startTicks;
    if (reused) news.push(...this.#goneRecords(atNs));
    const first = this.#startTicks === null || reused;
    if (first || this.#commBytes !== stat.commBytes) {
      const { startTicks, commBytes } = stat;
      news.push({ kind: 'thread', atNs, tid: this.tid, startTicks, name: fromBytes(commBytes) });
    }
    this.#startTicks = stat.startTicks;
    this.#commBytes = stat.commBytes;
    this.#quiet = stat.state !== 'R' && reading.schedstat.onCpuNs === this.#onCpuNs;
    this.#onCpuNs = reading.schedstat.onCpuNs;
    news.push(sampleOf(this.tid, reading, first ? this.#waitingIn(stat.state) : null));
    return news;
  }

  /** Gives its descriptors back and says that it is gone, where it had ever been seen. */
  end(atNs: bigint): readonly GoneRecord[] {
    this.#files.close();
    return this.#goneRecords(atNs);
  }

  #goneRecords(atNs: bigint): readonly GoneRecord[] {
    return this.#startTicks === null ? [] : [{ kind: 'gone', atNs, tid: this.tid, startTicks: this.#startTicks }];
  }

  /** Null for a thread that runs or began to run since its state was read, and where we may not look (PTRACE_MODE_ATTACH). */
  #waitingIn(state: string): WaitingIn | null {
    if (state === 'R') return null;
    try {
      return parseSyscall(readProcFile(`${this.#directory}/syscall`) ?? '');
    } catch (error) {
      if (isForbidden(error)) return null;
      throw error;
    }
  }
}

function sampleOf(tid: number, reading: ThreadReading, waitingIn: WaitingIn | null): SampleRecord {
  const { stat, schedstat, atNs } = reading;
  return {
    kind: 'sample',
    atNs,
    tid,
    startTicks: stat.startTicks,
    onCpuNs: schedstat.onCpuNs,
    runQueueNs: schedstat.runQueueNs,
    state: stat.state,
    majorFaults: stat.majorFaults,
    minorFaults: stat.minorFaults,
    ...(waitingIn === null ? {} : { waitingIn }),
  };
}
