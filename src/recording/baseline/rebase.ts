import type { FaultscopeRecord, ProbeRecord, ProbeSet, SessionRecord, SwitchRecord } from '../../record/record.js';
import { Growth } from './growth.js';
import { isOfThread, type LatestThread, LatestThreads, threadKey } from './latest-threads.js';
import { isCumulative, setOf } from './marks.js';
import { OpenWaits } from './open-waits.js';
import { type ThreadBegin, threadBegin } from './thread-begin.js';

/**
 * Makes the model see a session that begins at a keyframe (see Latest.keyframe): counts and sums are of what came since, accounts
 * of threads begin there, and everything that has a name has it from the start.
 */
export class Rebase {
  /** As if it had begun with the keyframe. */
  readonly session: SessionRecord;
  /** What a model is to be told first, the session record and a tick included. */
  readonly begin: readonly FaultscopeRecord[];
  readonly #atNs: bigint;
  readonly #growth = new Growth();
  readonly #waits = new OpenWaits(this.#growth);
  readonly #threads = new Map<string, ThreadBegin>();
  /** The latest word on each set. */
  readonly #probes = new Map<ProbeSet, ProbeRecord>();
  /** Sets that the model has been told to have run. */
  readonly #ran = new Set<ProbeSet>();

  /** Null where these are no keyframe: there is no session record, or no tick. */
  static at(keyframe: readonly FaultscopeRecord[]): Rebase | null {
    const session = keyframe.find((record) => record.kind === 'session');
    const tick = keyframe.findLast((record) => record.kind === 'tick');
    return session === undefined || tick === undefined ? null : new Rebase(keyframe, session, tick.atNs);
  }

  private constructor(keyframe: readonly FaultscopeRecord[], session: SessionRecord, atNs: bigint) {
    const startedAtMs = session.startedAtMs + Number(atNs - session.atNs) / 1e6;
    this.session = { ...session, atNs, startedAtMs };
    this.#atNs = atNs;
    this.begin = this.#begin(keyframe);
  }

  /** The records of one moment, as a session that began at the keyframe would have them. */
  next(records: readonly FaultscopeRecord[]): FaultscopeRecord[] {
    const told = records.flatMap((record) => [...this.#mentions(record), this.#since(record)]);
    this.#waits.settle(told);
    return told;
  }

  #begin(keyframe: readonly FaultscopeRecord[]): FaultscopeRecord[] {
    const threads = new LatestThreads();
    const zeros: FaultscopeRecord[] = [];
    for (const record of keyframe) {
      if (isOfThread(record)) threads.apply(record);
      if (!isCumulative(record)) continue;
      this.#growth.begin(record);
      // Of these not only what grows counts.
      if (record.kind === 'page-sampling' || record.kind === 'fill') zeros.push(this.#growth.since(record));
    }
    const states = keyframe.flatMap((record): FaultscopeRecord[] => {
      if (isCumulative(record) || isOfThread(record) || record.kind === 'tick') return [];
      if (record.kind === 'session') return [this.session];
      return record.kind === 'probe' ? this.#probe(record) : [record];
    });
    const begun = [...threads.entries()].flatMap(([key, thread]) => this.#beginThread(key, thread));
    return [...states, ...begun, ...zeros, { kind: 'tick', atNs: this.#atNs }];
  }

  /** A set that runs has run since the beginning and not longer. */
  #probe(record: ProbeRecord): ProbeRecord[] {
    this.#probes.set(record.set, record);
    if (record.state !== 'running') return [record];
    // What it had seen before is not to count as watched from a launched program's first instruction on.
    return [{ ...record, state: 'stopped' }, this.#running(record)];
  }

  #running(record: ProbeRecord): ProbeRecord {
    this.#ran.add(record.set);
    return { ...record, atNs: this.#atNs, state: 'running', detail: null };
  }

  /** Last readings of a set may come long after its end: it has run nevertheless. */
  #mentions({ kind }: FaultscopeRecord): ProbeRecord[] {
    const set = setOf(kind);
    const latest = set === null || this.#ran.has(set) ? undefined : this.#probes.get(set);
    return latest === undefined ? [] : [this.#running(latest), latest];
  }

  #beginThread(key: string, thread: LatestThread): readonly FaultscopeRecord[] {
    const begin = threadBegin(thread);
    this.#threads.set(key, begin);
    if (begin.debt !== null) this.#waits.owe(key, begin.debt);
    return begin.records;
  }

  #since(record: FaultscopeRecord): FaultscopeRecord {
    if (isCumulative(record)) return this.#growth.since(record);
    if (record.kind === 'probe') this.#switched(record);
    return record.kind === 'switch' ? this.#switch(record) : record;
  }

  #switched(record: ProbeRecord): void {
    this.#probes.set(record.set, record);
    if (record.state !== 'running') return;
    this.#ran.add(record.set);
    this.#growth.cells.forgetSet(record.set);
  }

  /** The account of a thread that was there before goes on from the keyframe, wherever it began in truth. */
  #switch(record: SwitchRecord): SwitchRecord {
    const key = threadKey(record);
    const begin = this.#threads.get(key);
    if (begin === undefined || begin.blockedNs === null) return record;
    if (record.event === 'first' && begin.endedNs !== null && record.atNs > begin.endedNs) return this.#another(record);
    if (record.event === 'last') this.#threads.set(key, { ...begin, endedNs: record.atNs });
    return begin.hasSwitched ? goingOn(record) : this.#firstSwitch(record, begin, begin.blockedNs);
  }

  /** The first of a thread that had not been seen to switch: its waits may have been counted since before. */
  #firstSwitch(record: SwitchRecord, begin: ThreadBegin, beganNs: bigint): SwitchRecord {
    const key = threadKey(record);
    this.#threads.set(key, { ...begin, hasSwitched: true });
    const before = Number(beganNs - record.blockedBaseNs);
    if (before <= 0) return { ...record, born: false };
    this.#waits.owe(key, { ns: before, code: null, beganNs });
    return { ...goingOn(record), blockedBaseNs: beganNs };
  }

  /** execve(2) in a thread beside the first: another one under the same name, and nothing of it is from before. */
  #another(record: SwitchRecord): SwitchRecord {
    const key = threadKey(record);
    this.#threads.delete(key);
    this.#growth.cells.forgetThread(key);
    this.#waits.forget(key);
    return record;
  }
}

function goingOn(record: SwitchRecord): SwitchRecord {
  return { ...record, event: record.event === 'last' ? 'last' : 'latest', born: false };
}
