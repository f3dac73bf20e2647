import type { FaultscopeRecord } from '../record/record.js';
import type { FieldList } from './fields.js';
import { SHAPES } from './shapes.js';

/** What a record tells of: the same for two of a kind whose key fields are the same. */
export function recordKey(record: FaultscopeRecord): string {
  const { fields } = SHAPES[record.kind];
  return fields === null ? record.kind : `${record.kind}${keysIn(new Map(Object.entries(record)), fields)}`;
}

function keysIn(values: ReadonlyMap<string, unknown>, fields: FieldList): string {
  let keys = '';
  for (const [name, field] of fields) if (field.mark === 'key') keys += ` ${wholeKey(values.get(name))}`;
  return keys;
}

/** Of a nested object all of it counts. */
function wholeKey(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(wholeKey).join(' ') : String(value);
}
