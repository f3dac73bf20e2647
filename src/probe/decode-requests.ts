import type { FaultscopeRecord, RequestCellRecord } from '../record/record.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';
import { SequenceCheck } from './sequence.js';

const MAPS = { h: 'rows', port: 'count', q: 'count', lost: 'count' } as const;

type Sums = Pick<RequestCellRecord, 'count' | 'totalNs' | 'maxNs'>;

/** Turns the lines of bpf/requests.bt into records. The script has a histogram row a CPU; a record is of all CPUs. */
export class RequestsDecoder extends DumpDecoder<typeof MAPS> {
  readonly #sequence = new SequenceCheck();
  readonly #ports = new Set<number>();
  /** By bucket, then row. */
  readonly #cells = new Map<number, Map<string, Sums>>();
  readonly #changedBuckets = new Set<number>();

  constructor() {
    super('requests', MAPS);
  }

  /** TCP ports that the script takes for a server's, as of its latest dump. */
  get ports(): ReadonlySet<number> {
    return this.#ports;
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const [letter = '', ...fields] = line.split(' ');
    if (fields.length !== FIELDS[letter] || !fields.every((field) => DECIMAL.test(field))) return undefined;
    const [first = '0', second = '0'] = fields;
    switch (letter) {
      case 'R':
        return this.#request(fields);
      case 'A':
        this.attached(BigInt(first));
        return [];
      case 'D':
        return this.beginDump(BigInt(second));
      case 'E':
        return this.endDump();
      case 'Z':
        this.nowNs = BigInt(first);
        return [];
      default:
        return undefined;
    }
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    switch (map) {
      case 'h':
        return this.#cell(key, value);
      case 'port':
        this.#ports.add(Number(key));
        return [];
      case 'q':
        this.#sequence.sent(Number(key), Number(value));
        return [];
      case 'lost':
        return this.#losses('requests', Number(value) - Number(before ?? 0));
    }
  }

  /** A bucket's rows come one by one: only at the end of the dump they are all of one moment. */
  protected override dumped(last: boolean): FaultscopeRecord[] {
    const cells = Array.from(this.#changedBuckets, (bucket) => cellRecord(bucket, this.#cells.get(bucket)));
    this.#changedBuckets.clear();
    return [...cells, ...this.#losses('events', this.#sequence.settle(this.nowNs, last))];
  }

  #request([cpu = '', sequence = '', at = '0', duration = '', weight = '']: string[]): FaultscopeRecord[] {
    this.nowNs = BigInt(at);
    return [
      ...this.#losses('events', this.#sequence.arrived(Number(cpu), Number(sequence))),
      { kind: 'request', atNs: BigInt(at), durationNs: Number(duration), weight: Number(weight) },
    ];
  }

  #cell(key: string, value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 3);
    if (fields === undefined) return undefined;
    const [count = 0, totalNs = 0, maxNs = 0] = fields.map(Number);
    const bucket = Number(BigInt(key) & 0xffn);
    const rows = this.#cells.get(bucket) ?? new Map<string, Sums>();
    this.#cells.set(bucket, rows.set(key, { count, totalNs, maxNs }));
    this.#changedBuckets.add(bucket);
    return [];
  }

  #losses(what: 'events' | 'requests', count: number): FaultscopeRecord[] {
    return count > 0 ? [this.loss(what, count)] : [];
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 1, D: 2, E: 1, R: 5, Z: 1 };
const DECIMAL = /^\d{1,20}$/;

function cellRecord(bucket: number, rows: ReadonlyMap<string, Sums> = new Map()): RequestCellRecord {
  const sums = { count: 0, totalNs: 0, maxNs: 0 };
  for (const { count, totalNs, maxNs } of rows.values()) {
    sums.count += count;
    sums.totalNs += totalNs;
    sums.maxNs = Math.max(sums.maxNs, maxNs);
  }
  return { kind: 'request-cell', bucket, ...sums };
}
