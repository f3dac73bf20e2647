import type { FaultscopeRecord, ProbeSet } from '../../record/record.js';
import type { FieldList } from '../fields.js';
import { SHAPES } from '../shapes.js';

type Kind = FaultscopeRecord['kind'];

/** A record of what only grows: a later one with the same keys goes on from it. */
export type CumulativeRecord = Extract<
  FaultscopeRecord,
  {
    kind:
      | 'wait'
      | 'level'
      | 'sample-gap'
      | 'goroutine-faults'
      | 'file-faults'
      | 'request-cell'
      | 'entry-faults'
      | 'entry-latency'
      | 'evictions'
      | 'fill'
      | 'fault-cause'
      | 'page-sampling'
      | 'io-cell'
      | 'stack'
      | 'stack-total'
      | 'wake'
      | 'wake-chain';
  }
>;

/** What the format's table says of a kind, made ready for use. */
interface Marks {
  readonly growing: readonly string[];
  /** The probe set that counts it; null for what is not cumulative. */
  readonly set: ProbeSet | null;
  readonly isState: boolean;
}

const MARKS: ReadonlyMap<string, Marks> = new Map(
  Object.entries(SHAPES).map(([kind, { fields, role }]) => [kind, marksOf(fields ?? [], role)]),
);

function marksOf(fields: FieldList, role: (typeof SHAPES)[Kind]['role']): Marks {
  return {
    growing: fields.filter(([, { mark }]) => mark === 'growing').map(([name]) => name),
    set: role.is === 'cumulative' ? role.set : null,
    isState: role.is === 'state',
  };
}

export function isCumulative(record: FaultscopeRecord): record is CumulativeRecord {
  return setOf(record.kind) !== null;
}

/** A later record of the kind with the same keys replaces it. */
export function isState({ kind }: FaultscopeRecord): boolean {
  return MARKS.get(kind)?.isState ?? false;
}

/** The probe set that counts records of this kind; null for what is not cumulative. */
export function setOf(kind: Kind): ProbeSet | null {
  return MARKS.get(kind)?.set ?? null;
}

/** What of it only grows. */
export function growingOf(record: CumulativeRecord): number[] {
  return namesOf(record).map((name) => Number(Reflect.get(record, name)));
}

/** The same record with other figures for what only grows. */
export function withGrowing(record: CumulativeRecord, values: readonly number[]): CumulativeRecord {
  const changed = { ...record };
  for (const [index, name] of namesOf(record).entries()) Reflect.set(changed, name, values[index] ?? 0);
  return changed;
}

function namesOf({ kind }: CumulativeRecord): readonly string[] {
  return MARKS.get(kind)?.growing ?? [];
}
