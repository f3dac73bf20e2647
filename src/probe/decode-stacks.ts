import type { FaultscopeRecord } from '../record/record.js';
import type { StackRecord, StackTotalRecord } from '../record/stacks.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';
import { unpackCellKey } from './pack.js';
import { type StackRow, StackRowReader } from './stack-row.js';

const MAPS = { o: 'cells', s: 'threads', t: 'rows', lost: 'count' } as const;

/** How many stacks a row of each map keyed by stacks has. */
const STACKS: { readonly [map: string]: number } = { i: 2, f: 1 };

/** A thread's blocked clock now (bpf/threads.bt), from outside; null where it cannot be read. */
export type ReadClock = (tid: number) => bigint | null;

interface Sums {
  readonly count: number;
  readonly totalNs: number;
}
const NONE: Sums = { count: 0, totalNs: 0 };

type Stack = Pick<StackRecord, 'of' | 'tid' | 'generation' | 'code' | 'user' | 'kernel'>;

/** A thread's last switch-out into a wait. */
interface Waiting {
  readonly atNs: bigint;
  readonly clockNs: bigint;
  readonly id: bigint;
}

/** A wait that began less than this before a dump is left for its end to count. */
const OPEN_FROM_NS = 200_000_000n;
/** What /proc says of a running thread lags by a tick of the clock. */
const LAG_NS = 10_000_000n;
/** Threads whose clock is read at one dump, 10 us each. */
const MOST_READ = 1000;

/** The bits of a row of `@o` that are no part of a stack's number: the CPU, and whether a major fault ended the wait. */
const ROW_BITS = 0x1ffffn;

/**
 * Turns the lines of bpf/stacks.bt into records. Sums are told once their stack is known; waits that go on count with
 * what they have come to.
 */
export class StacksDecoder extends DumpDecoder<typeof MAPS> {
  readonly #readClock: ReadClock;
  readonly #stacks = new Map<bigint, Stack>();
  readonly #reader = new StackRowReader((id) => this.#stacks.has(id));
  /** By number and `major`, then row. */
  readonly #cells = new Map<bigint, Map<string, Sums>>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #totals = new Map<StackRecord['of'], Sums>();
  /** Cells that are to be told at the next dump's end. */
  readonly #changed = new Set<bigint>();
  /** Cells that were last told with open waits in them. */
  #open: ReadonlySet<bigint> = new Set();
  /** Threads whose rows this dump has had. */
  #present = new Set<number>();

  constructor(readClock: ReadClock) {
    super('stacks', MAPS);
    this.#readClock = readClock;
  }

  override line(line: string): FaultscopeRecord[] {
    if (this.#reader.inRow) {
      if (!/^[@A-Z]/.test(line)) return this.#stackLine(line);
      // The row before was cut short.
      this.#reader.drop();
      return [...super.line('cut'), ...this.line(line)];
    }
    if (StackRowReader.begins(line)) return this.#stackLine(line);
    // That there is no row is no news of that map: who is missing has gone.
    const tid = /^@s\[(\d{1,10})\]: (?!\(0, )/.exec(line)?.[1];
    if (tid !== undefined) this.#present.add(Number(tid));
    return super.line(line);
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const [letter = '', ...fields] = line.split(' ');
    if (fields.length !== FIELDS[letter] || !fields.every((field) => DECIMAL.test(field))) return undefined;
    const [first = '0', second = '0'] = fields;
    switch (letter) {
      case 'A':
        this.attached(BigInt(first));
        return second === '1' ? [] : [this.loss('registers', 1)];
      case 'D':
        this.#present = new Set();
        return this.beginDump(BigInt(second));
      case 'E':
        return this.endDump();
      case 'Z':
        this.#present = new Set();
        this.nowNs = BigInt(first);
        return [];
      default:
        return undefined;
    }
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    switch (map) {
      case 'o':
        return this.#cell(key, value);
      case 's':
        return this.#switched(Number(key), value);
      case 't':
        return this.#total(key, value);
      case 'lost':
        return [this.loss('switches', Number(value) - Number(before ?? 0))];
    }
  }

  protected override dumped(): FaultscopeRecord[] {
    for (const tid of this.#waiting.keys()) {
      if (this.#present.has(tid)) continue;
      this.#waiting.delete(tid);
      this.forget('s', String(tid));
    }
    const open = this.#openWaits();
    const cells = new Set([...this.#changed, ...this.#open, ...open.keys()]);
    this.#changed.clear();
    this.#open = new Set(open.keys());
    const stacks = Array.from(cells, (cell) => this.#stackRecord(cell, open.get(cell) ?? NONE));
    const kept = [...open].filter(([cell]) => this.#stacks.has(stackOf(cell))).map(([, sums]) => sums);
    return [
      ...stacks.filter((record) => record !== null),
      ...Array.from(this.#totals, ([of, sums]) => totalRecord(of, of === 'off-cpu' ? plus(sums, ...kept) : sums)),
    ];
  }

  /** By cell. */
  #openWaits(): ReadonlyMap<bigint, Sums> {
    const open = new Map<bigint, Sums>();
    const waiting = [...this.#waiting]
      .filter(([, { atNs, id }]) => id !== 0n && atNs + OPEN_FROM_NS < this.nowNs)
      .sort(([, a], [, b]) => (a.atNs < b.atNs ? -1 : 1));
    for (const [tid, { clockNs, id }] of waiting.slice(0, MOST_READ)) {
      const nowNs = this.#readClock(tid);
      if (nowNs === null || nowNs - clockNs < LAG_NS) continue;
      open.set(id, plus(open.get(id) ?? NONE, { count: 1, totalNs: Number(nowNs - clockNs) }));
    }
    return open;
  }

  #stackLine(line: string): FaultscopeRecord[] {
    const row = this.#reader.line(line);
    if (row === 'more' || row === 'known') return [];
    return row !== null && this.#learn(row) ? [] : super.line('no row');
  }

  /** False where the script cannot have printed it. */
  #learn({ map, key, stacks, id }: StackRow): boolean {
    if (stacks.length !== STACKS[map] || id === 0n) return false;
    const [user = [], kernel = []] = stacks;
    const { tid, generation, code } = unpackCellKey(BigInt(key));
    const of = map === 'f' ? 'fault' : 'off-cpu';
    this.#stacks.set(id, { of, tid, generation, code, user: upToNonsense(user), kernel });
    for (const cell of [id, id | 1n]) if (this.#cells.has(cell)) this.#changed.add(cell);
    return true;
  }

  #cell(key: string, value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 2);
    if (fields === undefined) return undefined;
    const [count = 0, totalNs = 0] = fields.map(Number);
    const row = BigInt.asUintN(64, BigInt(key));
    const cell = stackOf(row) | (row & 1n);
    const rows = this.#cells.get(cell) ?? new Map<string, Sums>();
    this.#cells.set(cell, rows.set(key, { count, totalNs }));
    this.#changed.add(cell);
    return [];
  }

  #switched(tid: number, value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 4);
    if (fields === undefined) return undefined;
    const [atNs = 0n, clockNs = 0n, meta = 0n, id = 0n] = fields;
    this.#waiting.set(tid, { atNs, clockNs, id: id | ((meta >> 2n) & 1n) });
    return [];
  }

  #total(key: string, value: string): FaultscopeRecord[] | undefined {
    const [, count, totalNs] = STATS.exec(value) ?? [];
    if (count === undefined || totalNs === undefined || !/^[01]$/.test(key)) return undefined;
    this.#totals.set(key === '0' ? 'off-cpu' : 'fault', { count: Number(count), totalNs: Number(totalNs) });
    return [];
  }

  /** Null where its stack is not known yet. */
  #stackRecord(cell: bigint, open: Sums): StackRecord | null {
    const stack = this.#stacks.get(stackOf(cell));
    if (stack === undefined) return null;
    const sums = plus(open, ...(this.#cells.get(cell)?.values() ?? []));
    return { kind: 'stack', cell, ...stack, code: stack.code | (Number(cell & 1n) << 2), ...sums };
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 2, D: 2, E: 1, Z: 1 };
const DECIMAL = /^\d{1,20}$/;

/** stats(): `count 1, average 2, total 2`; of newer ones `{ .count = 1, .average = 2, .total = 2 }`. */
const STATS = /^(?:\{ \.)?count (?:= )?(\d{1,20}), \.?average (?:= )?\d{1,20}, \.?total (?:= )?(\d{1,20})(?: \})?$/;

function stackOf(row: bigint): bigint {
  return row & ~ROW_BITS;
}

/** Code without frame pointers uses the register for other things: where it leads to no code can be, the stack ends. */
function upToNonsense(user: readonly bigint[]): readonly bigint[] {
  const end = user.findIndex((address) => address < LOWEST_CODE || address >= HIGHEST_CODE);
  return end === -1 ? user : user.slice(0, end);
}

/** Below vm.mmap_min_addr, and what is the kernel's. */
const LOWEST_CODE = 0x1000n;
const HIGHEST_CODE = 1n << 63n;

function plus(...all: readonly Sums[]): Sums {
  const sum = { count: 0, totalNs: 0 };
  for (const { count, totalNs } of all) {
    sum.count += count;
    sum.totalNs += totalNs;
  }
  return sum;
}

function totalRecord(of: StackRecord['of'], sums: Sums): StackTotalRecord {
  return { kind: 'stack-total', of, ...sums };
}
