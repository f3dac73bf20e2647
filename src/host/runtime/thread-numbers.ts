import { readdirSync } from 'node:fs';
import { pidInNamespace, pidsOf } from '../pid-namespace.js';
import { isMissing } from '../system-error.js';

/** The threads of a process by the number that each has for itself, which in a container is another one than we see. */
export function threadsByOwnNumber(pid: number): ReadonlyMap<bigint, number> {
  try {
    const tids = readdirSync(`/proc/${pid}/task`).map(Number);
    if (pidInNamespace('/proc', pid) === undefined) return new Map(tids.map((tid) => [BigInt(tid), tid]));
    return new Map(
      tids.flatMap((tid) =>
        pidsOf(`/proc/${pid}/task`, tid)
          .slice(-1)
          .map((own) => [BigInt(own), tid]),
      ),
    );
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
}
