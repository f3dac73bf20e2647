import type { FaultscopeRecord, SampleRecord, SwitchRecord, WaitRecord } from '../../../src/record/record.js';
import { BEGIN, bucketOf, ref, thread } from './records.js';

/** What a thread does for a while, each as the scheduler sees it. */
export type Step =
  | { readonly does: 'run'; readonly ns: number }
  | { readonly does: 'queue'; readonly ns: number }
  | { readonly does: 'wait'; readonly ns: number; readonly code: number };

/**
 * One thread and bpf/threads.bt watching it: turns what the thread does into what the script would report. The account
 * kept here is the truth that the model is held against.
 */
export class WatchedThread {
  readonly truth = { onCpuNs: 0, runQueueNs: 0, blockedNs: 0 };
  readonly #bornNs: bigint;
  readonly #born: boolean;
  #nowNs: bigint;
  #attached = false;
  #onCpuNs = 0n;
  #runQueueNs = 0n;
  #state: SampleRecord['state'] = 'R';
  #waitingIn = 0;
  #last: { readonly blockedNs: bigint; readonly code: number; readonly baseNs: bigint } | null = null;
  readonly #cells = new Map<string, WaitRecord>();
  #latest: SwitchRecord | null = null;
  readonly #sent: FaultscopeRecord[] = [];

  /** `born`: it begins while the script is attached. */
  constructor({ born, atNs }: { born: boolean; atNs: bigint }) {
    this.#born = born;
    this.#attached = born;
    this.#bornNs = this.#nowNs = BEGIN + atNs;
  }

  attach(): void {
    this.#attached = true;
  }

  /** Does the first half of a step, calls `halfway`, does the rest. */
  step(step: Step, halfway: () => void): void {
    if (step.does === 'wait') this.#switchOut(step.code);
    if (step.does === 'queue' && this.#state === 'R') this.#switchOut(0);
    this.#state = step.does === 'wait' ? 'S' : 'R';
    if (step.does === 'wait') this.#waitingIn = (step.code >> 4) & 0x3ff;
    const half = Math.floor(step.ns / 2);
    this.#pass(step.does, half);
    halfway();
    this.#pass(step.does, step.ns - half);
    if (step.does === 'wait') this.#state = 'R';
  }

  /** Its last switch-out of all, and what a dump after it would say. */
  exit(): FaultscopeRecord[] {
    this.#switchOut(0, 'last');
    return this.dump({ sample: false });
  }

  /** What a dump and a reading of /proc would say now. */
  dump({ sample }: { sample: boolean }): FaultscopeRecord[] {
    const printed = this.#sent.splice(0);
    const rows: FaultscopeRecord[] = this.#attached ? [...this.#cells.values()] : [];
    if (this.#latest !== null && this.#latest.event !== 'last')
      rows.push({ ...this.#latest, event: 'latest', majorFaults: null });
    return sample ? [...printed, ...rows, this.#sample()] : [...printed, ...rows];
  }

  #sample(): SampleRecord {
    const waiting = this.#state === 'S' ? { waitingIn: { syscall: this.#waitingIn, arg1: 0n } } : {};
    return {
      kind: 'sample',
      atNs: this.#nowNs,
      ...thread,
      onCpuNs: this.#onCpuNs,
      runQueueNs: this.#runQueueNs,
      state: this.#state,
      majorFaults: 0,
      minorFaults: 0,
      ...waiting,
    };
  }

  #pass(does: Step['does'], ns: number): void {
    this.#nowNs += BigInt(ns);
    if (does === 'run') this.#onCpuNs += BigInt(ns);
    if (does === 'queue') this.#runQueueNs += BigInt(ns);
    this.truth[does === 'run' ? 'onCpuNs' : does === 'queue' ? 'runQueueNs' : 'blockedNs'] += ns;
  }

  /** The body of the script's sched_switch probe. */
  #switchOut(code: number, event: 'first' | 'last' = 'first'): void {
    if (!this.#attached) return;
    const blockedNs = this.#nowNs - this.#onCpuNs - this.#runQueueNs;
    const before = this.#last;
    if (before !== null && (before.code & 3) !== 0) this.#count(before.code, Number(blockedNs - before.blockedNs));
    const baseNs = before?.baseNs ?? (this.#born ? this.#bornNs : blockedNs);
    this.#last = { blockedNs, code, baseNs };
    this.#latest = {
      kind: 'switch',
      event,
      ...ref,
      atNs: this.#nowNs,
      onCpuNs: this.#onCpuNs,
      runQueueNs: this.#runQueueNs,
      code,
      blockedBaseNs: baseNs,
      born: this.#born,
      majorFaults: 0,
    };
    if (before === null || event === 'last') this.#sent.push(this.#latest);
  }

  #count(code: number, ns: number): void {
    const bucket = bucketOf(ns);
    const key = `${code} ${bucket}`;
    const { count, totalNs, maxNs } = this.#cells.get(key) ?? { count: 0, totalNs: 0, maxNs: 0 };
    this.#cells.set(key, {
      kind: 'wait',
      ...ref,
      code,
      bucket,
      epoch: 0,
      count: count + 1,
      totalNs: totalNs + ns,
      maxNs: Math.max(maxNs, ns),
    });
  }
}
