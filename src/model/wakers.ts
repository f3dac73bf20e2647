import type { RuntimeFacts } from '../record/record.js';
import type { WakeChainRecord, WakeRecord, WakerNameRecord } from '../record/wakers.js';
import { isIdle } from './cause.js';
import { classifyWait } from './classify.js';
import type { ThreadView } from './snapshot.js';
import { type ChainView, TOP_WAKES, type WakersView, type WakeView } from './wakers-view.js';

/** What is known of a thread that a record names by its tid alone, or with its generation. */
type Names = ReadonlyMap<string | number, string | null>;

/** Keeps account of who ended the waits of the target's threads (bpf/wakers.bt). */
export class Wakers {
  readonly #wakes = new Cells<WakeRecord>();
  readonly #chains = new Cells<WakeChainRecord>();
  readonly #names = new Map<number, string>();
  #hasRun = false;

  /** The script was started, ended or failed: it counts from nought whenever it is started. */
  applyState(running: boolean): void {
    if (!running) return;
    this.#hasRun = true;
    this.#wakes.restart();
    this.#chains.restart();
  }

  apply(record: WakeRecord | WakerNameRecord | WakeChainRecord): void {
    switch (record.kind) {
      case 'waker-name':
        this.#names.set(record.pid, record.comm);
        return;
      case 'wake': {
        const { tid, generation, code, waker, wakerId, totalNs } = record;
        return this.#wakes.set(`${tid}.${generation} ${code} ${waker} ${wakerId}`, record, totalNs);
      }
      case 'wake-chain': {
        const { tid, generation, holder, faulter, overlapNs } = record;
        return this.#chains.set(`${tid}.${generation} ${holder} ${faulter}`, record, overlapNs);
      }
    }
  }

  /** Null unless the script has run. `table`: whose numbers the system calls have. */
  view(threads: readonly ThreadView[], table: string, runtime: RuntimeFacts | null): WakersView | null {
    if (!this.#hasRun) return null;
    // A tid that was used again stands for its latest thread.
    const names = new Map(
      threads.flatMap(({ id, tid, name }): [string | number, string | null][] => [
        [id, name],
        [tid, name],
      ]),
    );
    const wakes = this.#wakeViews(names, table);
    const ended = wakes.filter(({ waker }) => waker !== 'unseen');
    const idle = ended.filter(({ cause }) => isIdle(cause));
    const busy = ended.filter(({ cause }) => !isIdle(cause));
    const chains = Array.from(this.#chains.list(), (sums) => chainView(sums, names));
    const waits = sum(wakes, ({ count }) => count);
    return {
      wakes: [...longest(busy, ({ totalNs }) => totalNs), ...longest(idle, ({ totalNs }) => totalNs)].slice(
        0,
        TOP_WAKES,
      ),
      idleNs: sum(idle, ({ totalNs }) => totalNs),
      chains: longest(chains, ({ overlapNs }) => overlapNs),
      chainsTold: runtime?.kind !== 'go',
      lockWaitNs: sum(
        ended.filter(({ cause }) => cause === 'lock'),
        ({ totalNs }) => totalNs,
      ),
      lockBehindFaultNs: sum(chains, ({ overlapNs }) => overlapNs),
      waits,
      unseenWaits: waits - sum(ended, ({ count }) => count),
    };
  }

  /** One a thread, cause, syscall and waker: codes that differ in the scheduler's state alone are one. */
  #wakeViews(names: Names, table: string): WakeView[] {
    const views = new Map<string, WakeView>();
    for (const { record, count, totalNs, maxNs } of this.#wakes.list()) {
      const { tid, generation, waker, wakerId } = record;
      const { cause, syscall } = classifyWait(record.code, table);
      const key = `${tid}.${generation} ${cause} ${syscall} ${waker} ${wakerId}`;
      const before = views.get(key);
      const hasId = waker !== 'interrupt' && waker !== 'unseen';
      views.set(key, {
        tid,
        threadName: nameOf(names, tid, generation),
        cause,
        syscall,
        waker,
        wakerId: hasId ? wakerId : null,
        wakerName: this.#wakerName(record, names),
        count: count + (before?.count ?? 0),
        totalNs: totalNs + (before?.totalNs ?? 0),
        maxNs: Math.max(maxNs, before?.maxNs ?? 0),
      });
    }
    return [...views.values()];
  }

  #wakerName({ waker, wakerId }: WakeRecord, names: Names): string | null {
    if (waker === 'thread') return names.get(wakerId) ?? null;
    return waker === 'process' || waker === 'kernel' ? (this.#names.get(wakerId) ?? null) : null;
  }
}

interface Sums<Row> {
  /** Its latest reading. */
  readonly record: Row;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** Cells that count from nought whenever the script is started: their latest reading on top of all earlier runs'. */
class Cells<Row extends { readonly count: number; readonly maxNs?: number }> {
  readonly #sums = new Map<string, Sums<Row>>();
  readonly #before = new Map<string, Sums<Row>>();

  restart(): void {
    for (const [key, sums] of this.#sums) this.#before.set(key, sums);
  }

  set(key: string, record: Row, totalNs: number): void {
    const { count, maxNs = 0 } = record;
    const before = this.#before.get(key);
    this.#sums.set(key, {
      record,
      count: count + (before?.count ?? 0),
      totalNs: totalNs + (before?.totalNs ?? 0),
      maxNs: Math.max(maxNs, before?.maxNs ?? 0),
    });
  }

  list(): Iterable<Sums<Row>> {
    return this.#sums.values();
  }
}

function chainView({ record, count, totalNs }: Sums<WakeChainRecord>, names: Names): ChainView {
  const { tid, generation, holder, faulter } = record;
  return {
    waiter: { tid, name: nameOf(names, tid, generation) },
    holder: { tid: holder, name: names.get(holder) ?? null },
    faulter: { tid: faulter, name: names.get(faulter) ?? null },
    count,
    overlapNs: totalNs,
  };
}

function nameOf(names: Names, tid: number, generation: number): string | null {
  return names.get(`${tid}.${generation}`) ?? names.get(tid) ?? null;
}

function longest<Row>(rows: readonly Row[], ns: (row: Row) => number): Row[] {
  return [...rows].sort((a, b) => ns(b) - ns(a)).slice(0, TOP_WAKES);
}

function sum<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0);
}
