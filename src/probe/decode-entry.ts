import type { FaultscopeRecord } from '../record/record.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';
import { unpackCellKey } from './pack.js';

const MAPS = { e: 'threads', l: 'cells', lost: 'count' } as const;

/** Turns the lines of bpf/entry.bt into records. */
export class EntryDecoder extends DumpDecoder<typeof MAPS> {
  constructor() {
    super('entry', MAPS);
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
    this.forget('e', first);
    return [{ kind: 'entry-faults', tid: Number(first), generation: Number(second), count: Number(third) }];
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    if (map === 'lost') return this.#lost(Number(value) - Number(before ?? 0));
    const fields = tupleFields(value, 3);
    if (fields === undefined) return undefined;
    const [first = 0n, second = 0n, third = 0n] = fields;
    if (map === 'e') {
      return [{ kind: 'entry-faults', tid: Number(key), generation: Number(third & 0x3fffn), count: Number(second) }];
    }
    const { tid, generation, bucket } = unpackCellKey(BigInt(key));
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

const PRINTED = /^([ADEX]) (\d{1,20})(?: (\d{1,20}))?(?: (\d{1,20}))?$/;
