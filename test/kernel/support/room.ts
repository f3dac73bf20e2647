import { writeFileSync } from 'node:fs';
import { meminfoBytes } from './meminfo.js';

/** What a test fills, and what the machine's other programs read meanwhile. */
const ROOM_BYTES = 2 * 2 ** 30;

/**
 * Has free memory, where older files fill all of it: else kswapd evicts whatever is read next, the target's own code
 * too, and a test that says that nobody evicts would be wrong.
 */
export function makeRoom(): void {
  if (meminfoBytes('MemFree') < ROOM_BYTES) dropPageCache();
}

export function dropPageCache(): void {
  writeFileSync('/proc/sys/vm/drop_caches', '1');
}
