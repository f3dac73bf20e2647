import { CAUSES, type Cause } from '../../model/cause.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { FrameView, StackView } from '../../model/stacks-view.js';
import { unlistedThreads } from '../unlisted-threads.js';
import { lay, type Tid } from './lay.js';

/** What one stack, or what is on none, of one thread and cause has cost. */
export interface CostSample {
  /** Innermost first; empty for what is on no stack. */
  readonly frames: readonly FrameView[];
  readonly tid: Tid;
  readonly cause: Cause;
  majorFaults: number;
  faultWaitNs: number;
  offCpuNs: number;
}

type Value = 'majorFaults' | 'faultWaitNs' | 'offCpuNs';
type Account = Pick<Snapshot['threads'][number], 'majorFaults' | 'time'>;

/** They add up to the totals: major faults, the time waited in them, and the time of all waits by cause. */
export function costSamples(snapshot: Snapshot): CostSample[] {
  const ledger = new CostLedger(snapshot);
  const { faults, offCpu } = snapshot.stacks ?? { faults: { stacks: [] }, offCpu: { stacks: [] } };
  ledger.add(
    'fault',
    faults.stacks,
    ({ count }) => count,
    ({ majorFaults }) => majorFaults,
    { user: ['majorFaults'] },
  );
  for (const cause of CAUSES) {
    const waits = offCpu.stacks.filter(({ part }) => part === cause);
    const user: Value[] = cause === 'fault' ? ['faultWaitNs'] : [];
    ledger.add(
      cause,
      waits,
      ({ totalNs }) => totalNs,
      ({ time }) => time[cause],
      { user, whole: ['offCpuNs'] },
    );
  }
  return ledger.list();
}

/** Adds up costs of the same stack, thread and cause. */
class CostLedger {
  readonly #snapshot: Snapshot;
  readonly #samples = new Map<string, CostSample>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * Lays one figure of all threads to stacks. It goes to `whole` stacks, and to the part of them that is the program's own
   * (`user`), where faults and the time waited in them come together.
   */
  add(
    cause: Cause,
    stacks: readonly StackView[],
    held: (stack: StackView) => number,
    account: (of: Account) => number,
    { user, whole = [] }: { readonly user: readonly Value[]; readonly whole?: readonly Value[] },
  ): void {
    const laid = lay(
      this.#accounts(account),
      stacks.map((stack) => ({ tid: stack.tid, value: held(stack) })),
    );
    stacks.forEach(({ tid, frames }, place) => {
      const value = laid.stacks[place] ?? 0;
      for (const of of user) this.#count(tid, cause, this.#userOf(frames), of, value);
      for (const of of whole) this.#count(tid, cause, frames, of, value);
    });
    for (const [tid, rest] of laid.rests) for (const of of [...user, ...whole]) this.#count(tid, cause, [], of, rest);
  }

  list(): CostSample[] {
    return [...this.#samples.values()];
  }

  #count(tid: Tid, cause: Cause, places: readonly number[], of: Value, value: number): void {
    if (value === 0) return;
    const key = `${tid} ${cause} ${places.join()}`;
    let sample = this.#samples.get(key);
    if (sample === undefined) {
      const frames = places.flatMap((place) => this.#frames[place] ?? []).reverse();
      sample = { frames, tid, cause, majorFaults: 0, faultWaitNs: 0, offCpuNs: 0 };
      this.#samples.set(key, sample);
    }
    sample[of] += value;
  }

  #userOf(places: readonly number[]): number[] {
    return places.filter((place) => this.#frames[place]?.kernel === false);
  }

  /** A tid that was used again is one thread here, as it is in stacks. */
  #accounts(account: (of: Account) => number): Map<Tid, number> {
    const accounts = new Map<Tid, number>([[null, account(unlistedThreads(this.#snapshot))]]);
    for (const thread of this.#snapshot.threads) {
      accounts.set(thread.tid, (accounts.get(thread.tid) ?? 0) + account(thread));
    }
    return accounts;
  }

  get #frames(): readonly FrameView[] {
    return this.#snapshot.stacks?.frames ?? [];
  }
}
