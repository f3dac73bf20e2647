import type {
  FaultscopeRecord,
  GoneRecord,
  RoleRecord,
  SampleRecord,
  SwitchRecord,
  ThreadRecord,
} from '../../record/record.js';

export type ThreadStateRecord = ThreadRecord | RoleRecord | SampleRecord | GoneRecord | SwitchRecord;

/** What is known of a thread, each as it was told last. */
export interface LatestThread {
  thread: ThreadRecord | null;
  role: RoleRecord | null;
  /** What it was found in, as long as no switch-out of it was told. */
  found: SampleRecord | null;
  sample: SampleRecord | null;
  switch: SwitchRecord | null;
  gone: GoneRecord | null;
}

/** Last readings of an ended thread arrive within this many ticks. */
const TICKS_TO_SETTLE = 5;

/** The threads that live, and those that have just ended, by "TID.GENERATION". */
export class LatestThreads {
  readonly #threads = new Map<string, LatestThread>();
  /** Ticks since each ended. */
  readonly #ended = new Map<string, number>();

  /** True where another thread begins under the name of one that has ended (execve(2) in a thread beside the first). */
  apply(record: ThreadStateRecord): boolean {
    const key = threadKey(record);
    const known = this.#threads.get(key);
    // One that was forgotten is not to come back.
    if (record.kind === 'gone' && known === undefined) return false;
    const isAnother = record.kind === 'switch' && record.event === 'first' && endedBefore(known, record.atNs);
    const thread = known === undefined || isAnother ? nothingKnown() : known;
    this.#threads.set(key, thread);
    if (isAnother) this.#ended.delete(key);
    keep(thread, record);
    if (thread.gone !== null || thread.switch?.event === 'last') this.#ended.set(key, this.#ended.get(key) ?? 0);
    return isAnother;
  }

  /** Forgets threads that ended long enough ago, and says which. */
  tick(): readonly string[] {
    const forgotten: string[] = [];
    for (const [key, ticks] of this.#ended) {
      this.#ended.set(key, ticks + 1);
      if (ticks < TICKS_TO_SETTLE) continue;
      this.#ended.delete(key);
      this.#threads.delete(key);
      forgotten.push(key);
    }
    return forgotten;
  }

  entries(): Iterable<[string, LatestThread]> {
    return this.#threads.entries();
  }
}

export function isOfThread(record: FaultscopeRecord): record is ThreadStateRecord {
  const { kind } = record;
  return kind === 'thread' || kind === 'role' || kind === 'sample' || kind === 'gone' || kind === 'switch';
}

/** "TID.GENERATION", as the model names threads too. */
export function threadKey(record: ThreadStateRecord): string {
  const generation = 'generation' in record ? record.generation : record.startTicks & GENERATION_MASK;
  return `${record.tid}.${generation}`;
}

const GENERATION_MASK = 0x3fff;

/** In the order in which they are to be told. */
export function recordsOf({ thread, role, found, sample, switch: switched, gone }: LatestThread): FaultscopeRecord[] {
  const first = found === sample ? null : found;
  return [thread, role, first, sample, switched, gone].filter((record) => record !== null);
}

function nothingKnown(): LatestThread {
  return { thread: null, role: null, found: null, sample: null, switch: null, gone: null };
}

function endedBefore(thread: LatestThread | undefined, atNs: bigint): boolean {
  if (thread === undefined) return false;
  const endNs = thread.switch?.event === 'last' ? thread.switch.atNs : (thread.gone?.atNs ?? null);
  return endNs !== null && atNs > endNs;
}

function keep(thread: LatestThread, record: ThreadStateRecord): void {
  switch (record.kind) {
    case 'thread':
      thread.thread = record;
      return;
    case 'role':
      thread.role = record;
      return;
    case 'gone':
      thread.gone = record;
      return;
    case 'sample':
      if (thread.switch === null) thread.found ??= record;
      thread.sample = record;
      return;
    case 'switch': {
      thread.found = null;
      const before = thread.switch;
      const majorFaults = record.majorFaults ?? before?.majorFaults ?? null;
      // Those of two CPUs may change places on the way.
      const latest = before === null || record.atNs >= before.atNs ? record : before;
      thread.switch = latest.majorFaults === majorFaults ? latest : { ...latest, majorFaults };
      return;
    }
  }
}
