import { unpackCode } from '../../model/code.js';
import type { FaultscopeRecord, SampleRecord, SwitchRecord } from '../../record/record.js';
import type { LatestThread } from './latest-threads.js';

/** A thread's accounting at one moment. */
type Reading = Pick<SwitchRecord, 'atNs' | 'onCpuNs' | 'runQueueNs'>;

/** Time of before the recording that will be counted to the thread's waits when they end. */
export interface Debt {
  readonly ns: number;
  /** As in WaitRecord, the major bit left out; null where it is not known in which waits it will turn up. */
  readonly code: number | null;
  /** The blocked clock as the recording begins. */
  readonly beganNs: bigint;
}

export interface ThreadBegin {
  /** What makes the model see a thread whose account begins here. */
  readonly records: readonly FaultscopeRecord[];
  /** The blocked clock here; null where nothing is known of its clocks. */
  readonly blockedNs: bigint | null;
  /** A switch-out of it has been told. */
  readonly hasSwitched: boolean;
  readonly debt: Debt | null;
  /** When it ended; null while it lives. */
  readonly endedNs: bigint | null;
}

/** Where a thread stands as the recording begins, by the same rules as src/model/thread-clock.ts. */
export function threadBegin(thread: LatestThread): ThreadBegin {
  const { thread: name, role, sample, switch: switched, gone } = thread;
  const latest = latestOf(sample, switched);
  const endedNs = switched?.event === 'last' ? switched.atNs : (gone?.atNs ?? null);
  const names = [name, role].filter((record) => record !== null);
  if (latest === null) return { records: names, blockedNs: null, hasSwitched: false, debt: null, endedNs };
  const reading = { ...latest, onCpuNs: latest.onCpuNs + staleNs(thread, latest) };
  const clock = switched === null ? foundRecords(thread, reading) : switchedRecords(switched, sample, reading);
  return {
    records: [...names, ...clock, ...(gone === null ? [] : [gone])],
    blockedNs: blockedNs(reading),
    hasSwitched: switched !== null,
    debt: switched === null ? null : openWait(switched, latest),
    endedNs,
  };
}

export function blockedNs({ atNs, onCpuNs, runQueueNs }: Reading): bigint {
  return atNs - onCpuNs - runQueueNs;
}

/** What names a wait, whether it turned out to be a major fault or not. */
export function waitCode(code: number): number {
  return code & ~MAJOR;
}

const MAJOR = 4;

function latestOf(sample: SampleRecord | null, switched: SwitchRecord | null): Reading | null {
  const latest =
    sample === null || (switched !== null && (switched.event === 'last' || switched.atNs >= sample.atNs))
      ? switched
      : sample;
  return latest === null ? null : { atNs: latest.atNs, onCpuNs: latest.onCpuNs, runQueueNs: latest.runQueueNs };
}

/** What a running thread's reading in /proc lacks of its time on the CPU. */
function staleNs({ sample, switch: switched, found }: LatestThread, latest: Reading): bigint {
  if (sample?.state !== 'R' || sample.atNs !== latest.atNs) return 0n;
  const isWaiting = found !== null && (found.state !== 'R' || found.waitingIn !== undefined);
  if (switched === null ? isWaiting : unpackCode(switched.code).state !== 'preempted') return 0n;
  const since = blockedNs(latest) - blockedNs(switched ?? found ?? latest);
  return since > 0n ? since : 0n;
}

/** The wait that it is in goes on from here. */
function switchedRecords(switched: SwitchRecord, sample: SampleRecord | null, reading: Reading): FaultscopeRecord[] {
  const { atNs, onCpuNs, runQueueNs } = reading;
  const first: SwitchRecord = {
    ...switched,
    ...{ atNs, onCpuNs, runQueueNs },
    event: 'first',
    blockedBaseNs: blockedNs(reading),
    born: false,
    majorFaults: mostFaults(sample, switched),
  };
  const last = switched.event === 'last' ? [{ ...switched, born: false }] : [];
  return [first, ...(sample === null ? [] : [sample]), ...last];
}

/** What the kernel had counted by then; null where it was not told. */
function mostFaults(sample: SampleRecord | null, { majorFaults }: SwitchRecord): number | null {
  if (sample === null || majorFaults === null) return sample?.majorFaults ?? majorFaults;
  return Math.max(sample.majorFaults, majorFaults);
}

/** Never seen to switch: what it was found in goes on from here. */
function foundRecords({ found, sample }: LatestThread, reading: Reading): FaultscopeRecord[] {
  if (sample === null) return [];
  const { waitingIn: _, ...start } = { ...sample, onCpuNs: reading.onCpuNs, state: found?.state ?? sample.state };
  const waitingIn = found?.waitingIn;
  return [waitingIn === undefined ? start : { ...start, waitingIn }, sample];
}

function openWait(switched: SwitchRecord, latest: Reading): Debt | null {
  if (switched.event === 'last' || unpackCode(switched.code).state === 'preempted') return null;
  const ns = Number(blockedNs(latest) - blockedNs(switched));
  return ns > 0 ? { ns, code: waitCode(switched.code), beganNs: blockedNs(latest) } : null;
}
