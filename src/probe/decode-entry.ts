import type { FaultscopeRecord } from '../record/record.js';
import { DumpDecoder } from './dump-decoder.js';
import { isIntegerKey, parseMapLine, tupleFields } from './map-line.js';
import { unpackCellKey } from './pack.js';

/** Turns the lines of bpf/entry.bt into records. Rows that have not changed since the last dump give none. */
export class EntryDecoder extends DumpDecoder {
  /** What each map row said last, by map name. */
  readonly #rows: { readonly [map in MapName]: Map<string, string> } = { e: new Map(), l: new Map(), lost: new Map() };

  constructor() {
    super('entry');
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const match = PRINTED.exec(line);
    if (match === null) return undefined;
    const [, letter, first = '0', second = '0', third] = match;
    if (letter === 'A') {
      this.attached(BigInt(first));
      return [];
    }
    if (letter === 'D') return this.beginDump(BigInt(second));
    if (letter === 'E') return this.endDump();
    if (third === undefined) return undefined;
    this.#rows.e.delete(first);
    return [{ kind: 'entry-faults', tid: Number(first), generation: Number(second), count: Number(third) }];
  }

  protected override mapRow(line: string): FaultscopeRecord[] | undefined {
    const row = parseMapLine(line);
    if (row === undefined || !isMapName(row.map)) return undefined;
    const rows = this.#rows[row.map];
    const before = rows.get(row.key);
    if (before === row.value) return [];
    if (!isIntegerKey(row.key) || (row.map === 'lost' && !/^\d{1,20}$/.test(row.value))) return undefined;
    rows.set(row.key, row.value);
    if (row.map === 'lost') return this.#lost(Number(row.value) - Number(before ?? 0));
    const fields = tupleFields(row.value, 3);
    if (fields === undefined) return undefined;
    const [first = 0n, second = 0n, third = 0n] = fields;
    if (row.map === 'e') {
      return [
        { kind: 'entry-faults', tid: Number(row.key), generation: Number(third & 0x3fffn), count: Number(second) },
      ];
    }
    const { tid, generation, bucket } = unpackCellKey(BigInt(row.key));
    return [
      {
        kind: 'entry-latency',
        tid,
        generation,
        bucket,
        count: Number(first),
        totalNs: Number(second),
        maxNs: Number(third),
      },
    ];
  }

  #lost(count: number): FaultscopeRecord[] {
    return count > 0 ? [this.loss('faults', count)] : [];
  }
}

type MapName = 'e' | 'l' | 'lost';

function isMapName(name: string): name is MapName {
  return name === 'e' || name === 'l' || name === 'lost';
}

const PRINTED = /^([ADEX]) (\d{1,20})(?: (\d{1,20}))?(?: (\d{1,20}))?$/;
