import type { FaultscopeRecord } from '../record/record.js';
import { SHAPES } from './shapes.js';

/** The key fields of each kind. */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SHAPES).map(([kind, { fields }]) => [
    kind,
    (fields ?? []).filter(([, { mark }]) => mark === 'key').map(([name]) => name),
  ]),
);

/**
 * What a record tells of: the same for two of a kind whose key fields are the same. Joined: a string that is put together
 * piece by piece keeps its pieces, and takes four times the memory.
 */
export function recordKey(record: FaultscopeRecord): string {
  const key: string[] = [record.kind];
  for (const name of KEYS.get(record.kind) ?? []) key.push(wholeKey(Reflect.get(record, name)));
  return key.join(' ');
}

/** Of a nested object all of it counts. */
function wholeKey(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(wholeKey).join(' ') : String(value);
}
