import type { Snapshot } from '../model/snapshot.js';
import { formatDuration, formatPercent } from '../text/units.js';
import { type Calibration, calibrate, programOf, saturatedProgramOf } from './calibration.js';
import type { Prediction, Range, WhatIf } from './finding.js';
import { type Measured, measure } from './measured.js';
import { populationOf } from './population.js';
import {
  fullStallFraction,
  lostParallelism,
  type Population,
  type Program,
  type SteadyState,
  steadyState,
} from './queueing.js';

/** Full stalls below this share of the time are no longer what slows a program. */
export const STALL_GOAL = 0.01;
const MULTIPLES = [2, 4, 8];
/** Beyond so many times the capacity nobody would go, */
const SEARCHED_MULTIPLE = 64;
/** nor beyond so many threads; it also bounds the arithmetic, which a live screen repeats. */
const SEARCHED_CAPACITY = 1024;
/** A model that misses what it was fitted to by more is worth saying so. */
const MISS_WORTH_SAYING = 0.02;
const ROUGH_MISS = 0.1;

/** What would become of the stalls with other capacities, or with reads in place of faults; docs/what-if.md. */
export function predict(snapshot: Snapshot): WhatIf | null {
  const measured = measure(snapshot);
  if (measured === null || measured.capacity > SEARCHED_CAPACITY) return null;
  return snapshot.runtime?.kind === 'node' ? eventLoop(measured) : capacities(snapshot, measured);
}

function eventLoop(measured: Measured): WhatIf {
  return {
    assumptions: [
      'An event loop runs one thing at a time: there is no larger capacity, only more processes or worker threads.',
      'Reads through the thread pool (fs.read, not fs.readSync) leave the event loop free.',
    ],
    capacities: [asMeasured(measured)],
    enough: null,
    asPread: { fullStallFraction: 0, lostParallelism: 0 },
  };
}

function capacities(snapshot: Snapshot, measured: Measured): WhatIf {
  const { cpus } = snapshot.host;
  const { population, assumption } = populationOf(measured, snapshot.goroutines);
  const calibration = calibrate(measured, cpus, population);
  const model: Model = { measured, cpus, population, calibration };
  const enough = smallestEnough(model);
  const isGo = snapshot.runtime?.kind === 'go';
  const asked = new Set([measured.capacity + 1, ...MULTIPLES.map((by) => by * measured.capacity)]);
  if (enough !== null && enough.capacity > measured.capacity) asked.add(enough.capacity);
  const larger = [...asked]
    .filter((capacity) => capacity <= SEARCHED_CAPACITY)
    .sort((a, b) => a - b)
    .map((capacity) => predictionAt(model, capacity));
  return {
    assumptions: [
      assumption,
      ...modelAssumptions(model),
      ...(enough !== null && !enough.sure
        ? [`A capacity of ${enough.capacity} is enough only if the device keeps up.`]
        : []),
      ...(isGo ? [PREAD_ASSUMPTION] : []),
    ],
    capacities: [asMeasured(measured), ...larger],
    enough: enough?.capacity ?? null,
    asPread: isGo ? { fullStallFraction: 0, lostParallelism: 0 } : null,
  };
}

/** sysmon() and retake() in runtime/proc.go. */
const PREAD_ASSUMPTION =
  'As pread(2): Go takes the P from a thread in a system call, after 20us at best and 10ms at worst; that while is left out here.';

interface Model {
  readonly measured: Measured;
  readonly cpus: number;
  readonly population: Population;
  readonly calibration: Calibration;
}

function asMeasured(measured: Measured): Prediction {
  const { capacity, activeShare } = measured;
  return {
    capacity,
    fullStallFraction: exactly(activeShare * fullStallFraction(measured)),
    lostParallelism: exactly(activeShare * lostParallelism(measured)),
  };
}

function exactly(value: number): Range {
  return { low: value, high: value };
}

function predictionAt(model: Model, capacity: number): Prediction {
  const { activeShare } = model.measured;
  const keepsUp = steadyState(programAt(model, capacity, programOf));
  const saturated = steadyState(programAt(model, capacity, saturatedProgramOf));
  return {
    capacity,
    fullStallFraction: range(stallsOf(model, keepsUp), stallsOf(model, saturated)),
    lostParallelism: range(activeShare * lostParallelism(keepsUp), activeShare * lostParallelism(saturated)),
  };
}

/** More Ps never make full stalls more frequent: where the model fits badly it must not say so either. */
function stallsOf({ measured }: Model, state: Pick<SteadyState, 'levels'>): number {
  return measured.activeShare * Math.min(fullStallFraction(measured), fullStallFraction(state));
}

function range(keepsUp: number, saturated: number): Range {
  return { low: Math.min(keepsUp, saturated), high: Math.max(keepsUp, saturated) };
}

type MakeProgram = typeof programOf;

function programAt({ calibration, cpus, population }: Model, capacity: number, make: MakeProgram): Program {
  return make(calibration, capacity, cpus, population);
}

/** The smallest capacity that does even if the device gives no more than now; else one that does if it keeps up. */
function smallestEnough(model: Model): { capacity: number; sure: boolean } | null {
  const { capacity, levels } = model.measured;
  if (stallsOf(model, { levels }) < STALL_GOAL) return { capacity, sure: true };
  const sure = smallest(model, saturatedProgramOf);
  if (sure !== null) return { capacity: sure, sure: true };
  const hoped = smallest(model, programOf);
  return hoped === null ? null : { capacity: hoped, sure: false };
}

/** By halving: more Ps never make full stalls more frequent. */
function smallest(model: Model, make: MakeProgram): number | null {
  const stallsAt = (capacity: number): number => stallsOf(model, steadyState(programAt(model, capacity, make)));
  const present = model.measured.capacity;
  let tooFew = present;
  let does = Math.max(present + 1, Math.min(SEARCHED_MULTIPLE * present, SEARCHED_CAPACITY));
  if (stallsAt(does) >= STALL_GOAL) return null;
  while (does - tooFew > 1) {
    const middle = (does + tooFew) >> 1;
    if (stallsAt(middle) < STALL_GOAL) does = middle;
    else tooFew = middle;
  }
  return does;
}

function modelAssumptions(model: Model): string[] {
  const { measured, calibration, cpus } = model;
  const { runNs, faultNsAt } = calibration;
  const highest = faultNsAt.length - 1;
  const alone = faultNsAt[1] ?? measured.faultNs;
  const together = faultNsAt[highest] ?? alone;
  const device =
    highest === 1
      ? `a fault takes ${formatDuration(alone)} on average`
      : `a fault takes ${formatDuration(alone)} alone and ${formatDuration(together)} with ${highest} at once, fitted to the levels that were measured`;
  return [
    ...phases(measured),
    `Between two faults there are ${formatDuration(runNs)} of running on ${cpus === 1 ? 'the one CPU' : `any of ${cpus} CPUs`}; ${device}.`,
    `More at once: the lower figure is for a device that serves each as fast as ${highest} at once, the higher one for a device that completes no more a second than with ${highest} at once.`,
    ...missOf(model),
  ];
}

function phases({ activeShare }: Measured): string[] {
  const idle = 1 - activeShare;
  if (idle < MISS_WORTH_SAYING) return [];
  return [`For ${formatPercent(idle)} of the time there was no fault at all: that is taken to stay so.`];
}

function missOf(model: Model): string[] {
  const { levels, capacity } = model.measured;
  const modelled = fullStallFraction(steadyState(programAt(model, capacity, programOf)));
  const seen = fullStallFraction({ levels });
  const miss = Math.abs(modelled - seen);
  if (miss < MISS_WORTH_SAYING) return [];
  const rough = miss >= ROUGH_MISS ? ': take these predictions as rough' : '';
  return [
    `Of the present full stalls the model gives ${formatPercent(modelled)}, measured are ${formatPercent(seen)}${rough}.`,
  ];
}
