import { apportion } from '../../model/apportion.js';

/** A thread that has a row; null stands for all others together. */
export type Tid = number | null;

/** What stacks hold of what threads' accounts hold. */
export interface Laid {
  /** A figure for each stack. */
  readonly stacks: readonly number[];
  /** What no stack holds, by thread. */
  readonly rests: ReadonlyMap<Tid, number>;
}

/**
 * Divides one figure of the threads' accounts between stacks and what is on none, so that all of it together is exactly what the
 * accounts hold. Stacks tell of the time in which their set ran, and were read at another moment: those of a thread that
 * hold more than its account are scaled down to it. Stacks of no listed thread that hold more than the account of such
 * threads must be of listed ones, it is not known which: then what is on no stack is told of all threads together.
 */
export function lay(accounts: ReadonlyMap<Tid, number>, stacks: readonly { tid: Tid; value: number }[]): Laid {
  const values = stacks.map(({ value }) => value);
  const rests = new Map(accounts);
  for (const [tid, places] of placesByTid(stacks, accounts)) {
    if (tid === null) continue;
    rests.set(tid, take(accounts.get(tid) ?? 0, places, values));
  }
  const nobody = placesByTid(stacks, accounts).get(null) ?? [];
  const held = nobody.reduce((sum, place) => sum + (values[place] ?? 0), 0);
  const own = accounts.get(null) ?? 0;
  if (held <= own) return { stacks: values, rests: rests.set(null, own - held) };
  const all = [...rests.values()].reduce((sum, rest) => sum + rest, 0);
  return { stacks: values, rests: new Map([[null, take(all, nobody, values)]]) };
}

function placesByTid(stacks: readonly { tid: Tid }[], accounts: ReadonlyMap<Tid, number>): Map<Tid, number[]> {
  const byTid = new Map<Tid, number[]>();
  stacks.forEach(({ tid }, place) => {
    const listed = accounts.has(tid) ? tid : null;
    const places = byTid.get(listed) ?? [];
    byTid.set(listed, places);
    places.push(place);
  });
  return byTid;
}

/** What remains of an account without these stacks; they are scaled down where they hold more. */
function take(account: number, places: readonly number[], values: number[]): number {
  const shares = places.map((place) => values[place] ?? 0);
  const held = shares.reduce((sum, value) => sum + value, 0);
  if (held <= account) return account - held;
  const scaled = apportion(account, shares);
  places.forEach((place, index) => {
    values[place] = scaled[index] ?? 0;
  });
  return 0;
}
