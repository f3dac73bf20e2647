import type { FaultscopeRecord, LossRecord } from '../record/record.js';
import type { WakerKind } from '../record/wakers.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';
import { unpackCellKey } from './pack.js';

const MAPS = { w: 'pairs', chain: 'pairs', lost: 'count' } as const;

/** By the number the script has for it. */
const KINDS: readonly (WakerKind | undefined)[] = [undefined, 'thread', 'process', 'kernel', 'interrupt', 'unseen'];

/** By its number in the script. */
const LOSSES: readonly LossRecord['what'][] = ['wakes', 'chains'];

/** Turns the lines of bpf/wakers.bt into records. */
export class WakersDecoder extends DumpDecoder<typeof MAPS> {
  constructor() {
    super('wakers', MAPS);
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const [letter = '', ...fields] = line.split(' ');
    if (fields.length !== FIELDS[letter] || !fields.every((field) => DECIMAL.test(field))) return undefined;
    const [first = '0', second = '0'] = fields;
    switch (letter) {
      case 'A':
        this.attached(BigInt(first));
        return second === '0' ? [this.loss('registers', 1)] : [];
      case 'I':
        return first === '0' ? [this.loss('registers', 1)] : [];
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
    if (map === 'lost') {
      const what = LOSSES[Number(key)];
      const count = Number(value) - Number(before ?? 0);
      if (what === undefined) return undefined;
      return count > 0 ? [this.loss(what, count)] : [];
    }
    const [thread = 0n, waker = 0n] = key.split(',').map((part) => BigInt.asUintN(64, BigInt(part.trim())));
    return map === 'w' ? wake(thread, waker, value) : chain(thread, waker, value);
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 2, I: 1, D: 2, E: 1, Z: 1 };
const DECIMAL = /^\d{1,20}$/;
const LOW_32 = 0xffff_ffffn;

function wake(thread: bigint, waker: bigint, value: string): FaultscopeRecord[] | undefined {
  const { tid, generation, code, bucket: kind } = unpackCellKey(thread);
  const fields = tupleFields(value, 3);
  const name = KINDS[kind];
  if (fields === undefined || name === undefined || waker > LOW_32) return undefined;
  const [count = 0, totalNs = 0, maxNs = 0] = fields.map(Number);
  return [{ kind: 'wake', tid, generation, code, waker: name, wakerId: Number(waker), count, totalNs, maxNs }];
}

function chain(thread: bigint, waker: bigint, value: string): FaultscopeRecord[] | undefined {
  const { tid, generation } = unpackCellKey(thread);
  const fields = tupleFields(value, 2);
  if (fields === undefined) return undefined;
  const [count = 0, overlapNs = 0] = fields.map(Number);
  const [holder, faulter] = [Number(waker >> 32n), Number(waker & LOW_32)];
  return [{ kind: 'wake-chain', tid, generation, holder, faulter, count, overlapNs }];
}
