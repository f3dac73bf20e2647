import type { Snapshot, ThreadView } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';
import { THREAD_COLUMNS } from './thread-columns.js';
import { threadName } from './words.js';

/** By what, which way round, and which of the threads are listed. */
export interface ThreadQuery {
  readonly sort: string;
  readonly descending: boolean;
  /** Part of a name, in any case, or of a TID; empty for all. */
  readonly filter: string;
}

export interface OrderedThreads {
  readonly threads: readonly ThreadView[];
  readonly ids: readonly string[];
}

/** The threads that pass the filter, sorted; equal ones by TID. */
export function orderThreads(threads: readonly ThreadView[], query: ThreadQuery): OrderedThreads {
  const { sortValue } = THREAD_COLUMNS.find(({ id }) => id === query.sort) ?? {
    sortValue: ({ tid }: ThreadView) => tid,
  };
  const keyed = filtered(threads, query.filter).map((thread) => ({ thread, value: sortValue(thread) }));
  const sign = query.descending ? -1 : 1;
  keyed.sort(
    (a, b) => compare(a.value, b.value, sign) || a.thread.tid - b.thread.tid || compare(a.thread.id, b.thread.id, 1),
  );
  const ordered = keyed.map(({ thread }) => thread);
  return { threads: ordered, ids: ordered.map(({ id }) => id) };
}

/** Remembers the last order: ten thousand threads are sorted once a tick, not once a frame. */
export class ThreadOrder {
  #snapshot: Snapshot | null = null;
  #query: ThreadQuery | null = null;
  #ordered: OrderedThreads = { threads: [], ids: [] };

  of(snapshot: Snapshot, query: ThreadQuery): OrderedThreads {
    if (this.#snapshot !== snapshot || !sameQuery(this.#query, query)) {
      this.#ordered = orderThreads(snapshot.threads, query);
      this.#snapshot = snapshot;
      this.#query = query;
    }
    return this.#ordered;
  }
}

function sameQuery(a: ThreadQuery | null, b: ThreadQuery): boolean {
  return a !== null && a.sort === b.sort && a.descending === b.descending && a.filter === b.filter;
}

function filtered(threads: readonly ThreadView[], filter: string): readonly ThreadView[] {
  if (filter === '') return threads;
  const wanted = filter.toLowerCase();
  return threads.filter(
    (thread) => safeText(threadName(thread)).toLowerCase().includes(wanted) || String(thread.tid).includes(wanted),
  );
}

function compare(a: number | string | null, b: number | string | null, sign: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -sign : sign;
}
