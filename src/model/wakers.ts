import type { RuntimeFacts } from '../record/record.js';
import type { WakeChainRecord, WakeRecord, WakerNameRecord } from '../record/wakers.js';
import { isIdle, TIME_PARTS } from './cause.js';
import { classifyWait } from './classify.js';
import { dropOldest } from './drop-oldest.js';
import { ExactSplit } from './exact-split.js';
import { Increase } from './increase.js';
import type { ThreadView } from './snapshot.js';
import { TopRows } from './top-rows.js';
import { type ChainView, TOP_WAKES, type WakersView, type WakeView } from './wakers-view.js';

/** What is known of a thread that a record names by its tid alone, or with its generation. */
type Names = ReadonlyMap<string | number, string | null>;

type Wake = Pick<WakeRecord, 'tid' | 'generation' | 'waker' | 'wakerId'> & Pick<WakeView, 'cause' | 'syscall'>;
type Chain = Pick<WakeChainRecord, 'tid' | 'generation' | 'holder' | 'faulter'>;

/** Rows told apart; of programs whose threads come and go, those with most time stay. The sums are of all. */
const MOST_ROWS = 10_000;
/** Processes whose names are remembered. */
export const MOST_WAKER_NAMES = 8192;

/** Keeps account of who ended the waits of the target's threads (bpf/wakers.bt). */
export class Wakers {
  readonly #table: string;
  /** The script counts from nought whenever it is started. */
  readonly #increase = new Increase();
  /** One a thread, cause, syscall and waker: codes that differ in the scheduler's state alone are one. */
  readonly #wakes = new TopRows<Wake>(MOST_ROWS);
  readonly #chains = new TopRows<Chain>(MOST_ROWS);
  readonly #names = new Map<number, string>();
  readonly #time = new ExactSplit();
  #waits = 0;
  #unseenWaits = 0;
  #behindFaultNs = 0;
  #hasRun = false;

  /** `table`: whose numbers the system calls have. */
  constructor(table: string) {
    this.#table = table;
  }

  /** The script was started, ended or failed. */
  applyState(running: boolean): void {
    if (!running) return;
    this.#hasRun = true;
    this.#increase.restart();
  }

  apply(record: WakeRecord | WakerNameRecord | WakeChainRecord): void {
    if (record.kind === 'wake') return this.#applyWake(record);
    if (record.kind === 'wake-chain') return this.#applyChain(record);
    this.#names.delete(record.pid);
    this.#names.set(record.pid, record.comm);
    dropOldest(this.#names, MOST_WAKER_NAMES);
  }

  /** Rows that are not told apart any more. */
  get dropped(): number {
    return this.#wakes.dropped + this.#chains.dropped;
  }

  /** Null unless the script has run. */
  view(threads: readonly ThreadView[], runtime: RuntimeFacts | null): WakersView | null {
    if (!this.#hasRun) return null;
    // A tid that was used again stands for its latest thread.
    const names = new Map(
      threads.flatMap(({ id, tid, name }): [string | number, string | null][] => [
        [id, name],
        [tid, name],
      ]),
    );
    const busy = this.#wakes.top(TOP_WAKES, ({ cause }) => !isIdle(cause));
    const idle = this.#wakes.top(TOP_WAKES - busy.length, ({ cause }) => isIdle(cause));
    return {
      wakes: [...busy, ...idle].map(({ of, ...sums }) => this.#wakeView(of, sums, names)),
      idleNs: this.#time.sumOf(TIME_PARTS.filter(isIdle)),
      chains: this.#chains.top(TOP_WAKES).map(({ of, count, totalNs }) => chainView(of, count, totalNs, names)),
      chainsTold: runtime?.kind !== 'go',
      lockWaitNs: this.#time.sumOf(['lock']),
      lockBehindFaultNs: this.#behindFaultNs,
      waits: this.#waits,
      unseenWaits: this.#unseenWaits,
    };
  }

  #applyWake({ tid, generation, code, waker, wakerId, count, totalNs, maxNs }: WakeRecord): void {
    const who = `${tid}.${generation} ${waker} ${wakerId}`;
    const [more = 0, moreNs = 0] = this.#increase.of([who, code], [count, totalNs]);
    this.#waits += more;
    if (waker === 'unseen') {
      this.#unseenWaits += more;
      return;
    }
    const { cause, syscall } = classifyWait(code, this.#table);
    this.#time.addTo(cause, moreNs);
    const of = { tid, generation, waker, wakerId, cause, syscall };
    this.#wakes.add(`${who} ${cause} ${syscall}`, of, { count: more, totalNs: moreNs, maxNs });
  }

  #applyChain({ tid, generation, holder, faulter, count, overlapNs }: WakeChainRecord): void {
    const key = `${tid}.${generation} ${holder} ${faulter}`;
    const [more = 0, moreNs = 0] = this.#increase.of(['chain', key], [count, overlapNs]);
    this.#behindFaultNs += moreNs;
    const of = { tid, generation, holder, faulter };
    this.#chains.add(key, of, { count: more, totalNs: moreNs, maxNs: 0 });
  }

  #wakeView(of: Wake, sums: Pick<WakeView, 'count' | 'totalNs' | 'maxNs'>, names: Names): WakeView {
    const { tid, generation, cause, syscall, waker, wakerId } = of;
    return {
      tid,
      threadName: nameOf(names, tid, generation),
      cause,
      syscall,
      waker,
      wakerId: waker === 'interrupt' ? null : wakerId,
      wakerName: this.#wakerName(of, names),
      ...sums,
    };
  }

  #wakerName({ waker, wakerId }: Wake, names: Names): string | null {
    if (waker === 'thread') return names.get(wakerId) ?? null;
    return waker === 'process' || waker === 'kernel' ? (this.#names.get(wakerId) ?? null) : null;
  }
}

function chainView(
  { tid, generation, holder, faulter }: Chain,
  count: number,
  overlapNs: number,
  names: Names,
): ChainView {
  return {
    waiter: { tid, name: nameOf(names, tid, generation) },
    holder: { tid: holder, name: names.get(holder) ?? null },
    faulter: { tid: faulter, name: names.get(faulter) ?? null },
    count,
    overlapNs,
  };
}

function nameOf(names: Names, tid: number, generation: number): string | null {
  return names.get(`${tid}.${generation}`) ?? names.get(tid) ?? null;
}
