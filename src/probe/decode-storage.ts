import type { FaultscopeRecord } from '../record/record.js';
import { IO_ORIGINS, type IoCellRecord } from '../record/storage.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';

const MAPS = { h: 'cells', lost: 'count', p0: 'cells', p1: 'cells' } as const;

const STAGES = ['queue', 'service', 'whole'] as const;

type Sums = Pick<IoCellRecord, 'count' | 'totalNs' | 'maxNs' | 'bytes'>;

/** At the script's end I/O younger than this is no loss: it is on its way. */
const ON_ITS_WAY_NS = 1_000_000_000n;

/** Turns the lines of bpf/storage.bt into records. The script has a histogram row a CPU; a record is of all CPUs. */
export class StorageDecoder extends DumpDecoder<typeof MAPS> {
  /** By key less the CPU, then CPU. */
  readonly #cells = new Map<string, Map<bigint, Sums>>();
  readonly #changedCells = new Set<string>();
  readonly #devices = new Set<number>();
  #unended = 0;
  #ending = false;
  #detaching = false;

  constructor() {
    super('storage', MAPS);
  }

  /** Devices seen so far, as the kernel numbers them. */
  get devices(): ReadonlySet<number> {
    return this.#devices;
  }

  /** The probes that see ends go first: what begins after that has none, and is no loss. */
  override ends(): void {
    this.#detaching = true;
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
        return this.beginDump(BigInt(second));
      case 'E':
        return this.endDump();
      case 'Z':
        this.nowNs = BigInt(first);
        this.#ending = true;
        return [];
      default:
        return undefined;
    }
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    switch (map) {
      case 'h':
        return this.#cell(BigInt.asUintN(64, BigInt(key)), value);
      case 'lost':
        return this.#detaching ? [] : this.#losses(Number(value) - Number(before ?? 0));
      case 'p0':
      case 'p1':
        return this.#unendedRow(value);
    }
  }

  /** A cell's rows come one by one: only at the end of the dump they are all of one moment. */
  protected override dumped(): FaultscopeRecord[] {
    const cells = Array.from(this.#changedCells, (cell) => cellRecord(BigInt(cell), this.#cells.get(cell)));
    this.#changedCells.clear();
    const unended = this.#unended;
    this.#unended = 0;
    this.forget('p0');
    this.forget('p1');
    return [...cells, ...this.#losses(unended)];
  }

  #unendedRow(value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 3);
    if (fields === undefined) return undefined;
    const [queuedNs = 0n] = fields;
    // It has ended.
    if (queuedNs === 0n) return [];
    if (!this.#ending || this.nowNs - queuedNs > ON_ITS_WAY_NS) this.#unended += 1;
    return [];
  }

  #cell(key: bigint, value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 4);
    if (fields === undefined || STAGES[stageOf(key)] === undefined || IO_ORIGINS[originOf(key)] === undefined) {
      return undefined;
    }
    const [count = 0, totalNs = 0, maxNs = 0, bytes = 0] = fields.map(Number);
    const cell = String(key & CELL_MASK);
    const rows = this.#cells.get(cell) ?? new Map<bigint, Sums>();
    this.#cells.set(cell, rows.set(key >> CPU_SHIFT, { count, totalNs, maxNs, bytes }));
    this.#changedCells.add(cell);
    this.#devices.add(deviceOf(key));
    return [];
  }

  #losses(count: number): FaultscopeRecord[] {
    return count > 0 ? [this.loss('io', count)] : [];
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 2, D: 2, E: 1, Z: 1 };
const DECIMAL = /^\d{1,20}$/;

/** The layout of a key stands at the head of the script. */
const CPU_SHIFT = 45n;
const CELL_MASK = (1n << CPU_SHIFT) - 1n;
const stageOf = (key: bigint): number => Number((key >> 8n) & 3n);
const originOf = (key: bigint): number => Number((key >> 11n) & 3n);
const deviceOf = (key: bigint): number => Number((key >> 13n) & 0xffff_ffffn);

function cellRecord(key: bigint, rows: ReadonlyMap<bigint, Sums> = new Map()): IoCellRecord {
  const sums = { count: 0, totalNs: 0, maxNs: 0, bytes: 0 };
  for (const { count, totalNs, maxNs, bytes } of rows.values()) {
    sums.count += count;
    sums.totalNs += totalNs;
    sums.maxNs = Math.max(sums.maxNs, maxNs);
    sums.bytes += bytes;
  }
  return {
    kind: 'io-cell',
    device: deviceOf(key),
    origin: IO_ORIGINS[originOf(key)] ?? 'others',
    write: ((key >> 10n) & 1n) === 1n,
    stage: STAGES[stageOf(key)] ?? 'whole',
    bucket: Number(key & 0xffn),
    ...sums,
  };
}
