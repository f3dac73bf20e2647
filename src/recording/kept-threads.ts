import { EndedThreads } from '../model/ended-threads.js';
import { SessionWindow } from '../model/session-window.js';
import type { FaultscopeRecord, GoneRecord, RuntimeFacts, SwitchRecord, ThreadRef } from '../record/record.js';
import { KeptThread, type ThreadSums } from './kept-thread.js';

/**
 * About what the model and this keep, in bytes: of a thread, of a cell of one of its histograms, of the row that it counts in,
 * and of a row of which no more will come. A snapshot and a summary of it are in these figures.
 */
const THREAD_BYTES = 3500;
const CELL_BYTES = 130;
const ROW_BYTES = 170;
const SETTLED_ROW_BYTES = 150;

const GENERATIONS = 2 ** 14;
const BUCKETS = 256;

/**
 * How much memory the threads of a session take in the model. Threads that have ended give theirs back when they do there:
 * the same class says when, by the same time.
 */
export class KeptThreads {
  readonly #threads = new Map<number, KeptThread>();
  readonly #sums: ThreadSums = { cells: 0, twins: 0, settledRows: 0, nameBytes: 0 };
  readonly #ended = new EndedThreads<KeptThread>({
    unseen: () => this.#unseen,
    giveUp: (thread) => this.#unseen.delete(thread),
    remove: (thread) => this.#remove(thread),
  });
  /** Those that the host has not shown. */
  readonly #unseen = new Set<KeptThread>();
  /** Of them, and of those that have ended, the ones of which something was told since the last tick. */
  readonly #heard = new Set<KeptThread>();
  readonly #window: SessionWindow;
  #nowNs: bigint;
  /** At the last tick. */
  #sinceStartNs = 0;
  #runtime: RuntimeFacts['kind'] | null = null;
  #renamed = 0;

  /** `sessionNs`: the time of the session record. */
  constructor(sessionNs: bigint) {
    this.#window = new SessionWindow(sessionNs);
    this.#nowNs = sessionNs;
  }

  get bytes(): number {
    const { cells, twins, settledRows, nameBytes } = this.#sums;
    const rowBytes = (cells - twins) * ROW_BYTES + settledRows * SETTLED_ROW_BYTES;
    return this.#threads.size * THREAD_BYTES + cells * CELL_BYTES + rowBytes + nameBytes;
  }

  add(record: FaultscopeRecord): void {
    if ('atNs' in record && record.atNs > this.#nowNs) this.#nowNs = record.atNs;
    switch (record.kind) {
      case 'probe':
        return this.#window.apply(record);
      case 'thread':
        return this.#byStart(record).name(record.name);
      case 'sample':
        return this.#byStart(record).applySample();
      case 'role':
        this.#byStart(record);
        return;
      case 'gone':
        return this.#applyGone(record);
      case 'switch':
        return this.#applySwitch(record);
      case 'entry-faults':
        this.#byGeneration(record);
        return;
      case 'wait':
        return this.#byGeneration(record).addCell(record.code * BUCKETS + record.bucket, record.epoch);
      case 'entry-latency':
        return this.#byGeneration(record).addCell(-1 - record.bucket, 0);
      case 'runtime':
        return this.#runUnder(record.runtime.kind);
      case 'tick':
        return this.#tick();
    }
  }

  #byStart({ tid, startTicks }: { readonly tid: number; readonly startTicks: number }): KeptThread {
    const thread = this.#byGeneration({ tid, generation: startTicks % GENERATIONS });
    this.#unseen.delete(thread);
    return thread;
  }

  #byGeneration({ tid, generation }: ThreadRef): KeptThread {
    const key = keyOf(tid, generation);
    let thread = this.#threads.get(key);
    if (thread?.isSettled === true) {
      this.#rekey(thread);
      thread = undefined;
    }
    if (thread === undefined) {
      thread = new KeptThread(key, this.#sums);
      this.#threads.set(key, thread);
      this.#unseen.add(thread);
    }
    if (thread.hasEnded || this.#unseen.has(thread)) this.#heard.add(thread);
    return thread;
  }

  #applyGone({ tid, startTicks, atNs }: GoneRecord): void {
    const thread = this.#threads.get(keyOf(tid, startTicks % GENERATIONS));
    if (thread === undefined) return;
    if (!thread.isSettled) thread.markGone(atNs);
    this.#heard.add(thread);
  }

  #applySwitch(record: SwitchRecord): void {
    const { tid, generation, event, atNs } = record;
    const before = this.#threads.get(keyOf(tid, generation));
    // One that begins anew under the name of one that has ended: that one's row stays.
    const isAnother = event === 'first' && before !== undefined && before.endedNs !== null && atNs > before.endedNs;
    if (isAnother) this.#rekey(before);
    const thread = this.#byGeneration(record);
    thread.applySwitch(record);
    if (thread.hasEnded) this.#heard.add(thread);
  }

  #rekey(thread: KeptThread): void {
    this.#threads.delete(thread.key);
    this.#renamed += 1;
    thread.key = -this.#renamed;
    this.#threads.set(thread.key, thread);
  }

  /** To the model that is news of every thread. */
  #runUnder(runtime: RuntimeFacts['kind']): void {
    if (runtime === this.#runtime) return;
    this.#runtime = runtime;
    for (const thread of this.#threads.values()) if (thread.hasEnded) this.#heard.add(thread);
  }

  /** As in the model, a tick that comes when no time has passed is none. */
  #tick(): void {
    const sinceStartNs = this.#window.sinceStart(this.#nowNs);
    if (sinceStartNs <= this.#sinceStartNs) return;
    this.#sinceStartNs = sinceStartNs;
    for (const thread of this.#heard) this.#ended.heard(thread, this.#nowNs);
    this.#heard.clear();
    this.#ended.tick(this.#nowNs);
  }

  #remove(thread: KeptThread): void {
    this.#threads.delete(thread.key);
    this.#unseen.delete(thread);
    thread.giveBack();
  }
}

function keyOf(tid: number, generation: number): number {
  return tid * GENERATIONS + generation;
}
