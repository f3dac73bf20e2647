import type { GoroutineFunction, GoroutinesView } from '../model/snapshot.js';
import type { Measured } from './measured.js';
import type { Population } from './queueing.js';

export interface Worked {
  readonly population: Population;
  /** How that was found, one sentence. */
  readonly assumption: string;
}

/** Functions with less of the faults do not shape the level: main, say, which faulted when it opened the files. */
const LEAST_SHARE_OF_FAULTS = 0.02;
/** So many more goroutines seen than there are at a time: they come and go. */
const COME_AND_GO = 2;
/** A P is idle on average if more than this share of the Ps is neither in a fault nor wanted by a thread. */
const IDLE_SHARE = 0.2;
/** A level that is reached for this share of the time takes as many goroutines. */
const REACHED = 0.005;
/** Waiting for less than this share of the goroutines is no waiting: they are on their way from one state to another. */
const LEAST_WAITING = 0.05;

/** More are not told apart one by one: it bounds the arithmetic. */
const MOST_GOROUTINES = 2 ** 20;

/** Who wants the Ps: from the census of goroutines where there is one, else from how busy the Ps are. */
export function populationOf(measured: Measured, goroutines: GoroutinesView | null): Worked {
  const counted = goroutines === null ? null : censusOf(goroutines.functions);
  if (goroutines === null || counted === null) return uncounted(measured);
  const { active, waiting } = counted;
  if (active + waiting > MOST_GOROUTINES) return uncounted(measured);
  if (goroutines.seen > COME_AND_GO * Math.max(1, active + waiting)) return comeAndGo(measured, goroutines.seen);
  const size = Math.max(1, Math.round(active + waiting), highestLevel(measured.levels));
  const isWaiting = waiting >= LEAST_WAITING * size;
  // Little's law: as many wait as come to wait in the time that each waits.
  const thinkNs = isWaiting ? waiting / measured.faultsPerNs : 0;
  const also = isWaiting ? `, ${figure(waiting)} of them on average waiting for something else than a P` : '';
  return {
    population: { kind: 'closed', size, thinkNs },
    assumption: `${size} ${size === 1 ? 'goroutine takes' : 'goroutines take'} the faults${also}, counted in the process; all behave alike, and there will be no more of them.`,
  };
}

function censusOf(functions: readonly GoroutineFunction[]): { active: number; waiting: number } | null {
  const faults = functions.reduce((sum, { holdingFaults }) => sum + holdingFaults, 0);
  const faulting = functions.filter((one) => one.startPc !== 0n && one.holdingFaults >= LEAST_SHARE_OF_FAULTS * faults);
  const sum = { active: 0, waiting: 0 };
  for (const { census } of faulting) {
    if (census === null) return null;
    sum.active += census.active;
    sum.waiting += census.waiting;
  }
  return faults === 0 || faulting.length === 0 ? null : sum;
}

function comeAndGo({ faultsPerNs }: Measured, seen: number): Worked {
  return {
    population: { kind: 'open', arrivalsPerNs: faultsPerNs },
    assumption: `Goroutines come and go (${seen} were seen), and the work that comes in stays what it was.`,
  };
}

function uncounted(measured: Measured): Worked {
  const { capacity, levels, faultsPerNs, runnable } = measured;
  const inFault = levels.reduce((sum, share, level) => sum + share * level, 0);
  if (capacity - inFault - runnable > IDLE_SHARE * capacity) {
    return {
      population: { kind: 'open', arrivalsPerNs: faultsPerNs },
      assumption:
        'How many would run at once was not counted; not all that can run did, so the work that comes in is taken to stay what it was.',
    };
  }
  return {
    population: { kind: 'endless' },
    assumption:
      'How many would run at once was not counted; all that can run did, so more of them are taken to find work too.',
  };
}

function highestLevel(levels: readonly number[]): number {
  return levels.findLastIndex((share) => share >= REACHED);
}

function figure(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}
