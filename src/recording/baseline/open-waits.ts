import { cellKind } from '../../model/code.js';
import { bucketRange } from '../../model/histogram.js';
import type { FaultscopeRecord, SwitchRecord, WaitRecord } from '../../record/record.js';
import type { Growth } from './growth.js';
import { blockedNs, type Debt, waitCode } from './thread-begin.js';

/** One cell of a thread's waits since the recording began. */
interface Grown {
  latest: WaitRecord;
  /** Where in this batch it is told. */
  places: number[];
}

interface Debtor {
  readonly debt: Debt;
  leftNs: number;
  /** By code, bucket and epoch; what was stolen from it too. */
  readonly cells: Map<string, Grown>;
  /** The blocked clock at its latest switch-out; null where none was told since. */
  switchedNs: bigint | null;
}

/**
 * A wait that was under way when the recording began is counted whole when it ends: what of it lies before is taken off again.
 * It still counts as one, as long as it was, in the cell of its length.
 */
export class OpenWaits {
  readonly #growth: Growth;
  /** By thread, "TID.GENERATION". */
  readonly #debtors = new Map<string, Debtor>();

  constructor(growth: Growth) {
    this.#growth = growth;
  }

  owe(thread: string, debt: Debt): void {
    this.#debtors.set(thread, { debt, leftNs: debt.ns, cells: new Map(), switchedNs: null });
  }

  forget(thread: string): void {
    this.#debtors.delete(thread);
  }

  /** Takes off what has turned up among these records of one moment, in place. */
  settle(records: FaultscopeRecord[]): void {
    if (this.#debtors.size === 0) return;
    for (const [place, record] of records.entries()) {
      if (record.kind !== 'wait' && record.kind !== 'switch') continue;
      const debtor = this.#debtors.get(`${record.tid}.${record.generation}`);
      if (debtor !== undefined) note(debtor, record, place);
    }
    for (const [thread, debtor] of this.#debtors) {
      this.#pay(debtor, records);
      if (debtor.leftNs <= 0) this.#debtors.delete(thread);
      for (const cell of debtor.cells.values()) cell.places = [];
    }
  }

  #pay(debtor: Debtor, records: FaultscopeRecord[]): void {
    const told = [...debtor.cells.values()].filter(
      ({ places, latest }) => places.length > 0 && cellKind(latest.code) === 'wait',
    );
    const { ofNs, cells } = due(debtor, told.sort(byBucket));
    let leftNs = ofNs;
    for (const cell of cells) {
      const ns = Math.min(leftNs, cell.latest.totalNs);
      if (ns <= 0) continue;
      this.#growth.takeOff(cell.latest, ns);
      for (const place of cell.places) records[place] = without(records[place], ns) ?? cell.latest;
      cell.latest = { ...cell.latest, totalNs: cell.latest.totalNs - ns };
      leftNs -= ns;
      debtor.leftNs -= ns;
    }
  }
}

function note(debtor: Debtor, record: WaitRecord | SwitchRecord, place: number): void {
  if (record.kind === 'switch') {
    const atNs = blockedNs(record);
    if (atNs > debtor.debt.beganNs) debtor.switchedNs = atNs;
    return;
  }
  const kind = cellKind(record.code);
  if (kind !== 'wait' && kind !== 'stolen') return;
  const key = `${record.code} ${record.bucket} ${record.epoch}`;
  const cell = debtor.cells.get(key) ?? { latest: record, places: [] };
  debtor.cells.set(key, cell);
  cell.latest = record;
  cell.places.push(place);
}

/**
 * How much, and of which cells. A cell of its cause that is long enough has the wait; of several the one of the longest waits.
 * Where there is none, the thread was in another wait than was known: as far as its waits have come to more than its blocked
 * clock has moved, they are of before, those of the known cause first.
 */
function due(
  { debt, leftNs, cells, switchedNs }: Debtor,
  told: readonly Grown[],
): { ofNs: number; cells: readonly Grown[] } {
  const own = told.filter(({ latest }) => waitCode(latest.code) === debt.code);
  const whole = own.find(({ latest }) => latest.totalNs >= leftNs && bucketRange(latest.bucket).toNs > leftNs);
  if (whole !== undefined) return { ofNs: leftNs, cells: [whole] };
  if (switchedNs === null) return { ofNs: 0, cells: [] };
  let countedNs = 0;
  for (const { latest } of cells.values()) countedNs += latest.totalNs;
  const excessNs = countedNs - Number(switchedNs - debt.beganNs);
  return { ofNs: Math.min(leftNs, excessNs), cells: [...own, ...told.filter((cell) => !own.includes(cell))] };
}

function byBucket(a: Grown, b: Grown): number {
  return b.latest.bucket - a.latest.bucket;
}

function without(record: FaultscopeRecord | undefined, ns: number): WaitRecord | null {
  return record?.kind === 'wait' ? { ...record, totalNs: Math.max(0, record.totalNs - ns) } : null;
}
