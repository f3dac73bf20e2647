import type { Measured } from './measured.js';
import { type Population, type Program, runningCount, steadyState } from './queueing.js';

/** The parameters with which the model gives the levels that were measured. */
export interface Calibration {
  /** Run time from one fault to the next. */
  readonly runNs: number;
  /** How long a fault takes while so many are under way; index 1 to the highest level that was there to be measured. */
  readonly faultNsAt: readonly number[];
}

/** Of a level that is rarer the share is mostly chance: the time a fault takes there is taken from the level below. */
const RARE = 0.005;
/** A fault that seems to take longer or shorter than the mean by this factor: then the model is wrong, not the device. */
const FARTHEST = 4;
/** Run time is never less than this share of the fault's: a program that only faults still executes the access. */
const LEAST_RUN_SHARE = 0.001;
/** After so many rounds the figures have stood still in every case that was tried. */
const MOST_ROUNDS = 30;
/** Standing still: no time changes by more than this share of it. */
const STILL = 0.001;

/**
 * In the long run the level passes from k-1 to k as often as back: share(k-1) x running(k-1) / run time = share(k) x
 * completions(k). The shares are measured, how many run at a level follows from who there is to run; so the completions
 * at each level can be read off, that is how the device takes several faults at once.
 */
export function calibrate(measured: Measured, cpus: number, population: Population): Calibration {
  const { capacity, levels, faultsPerNs, faultNs } = measured;
  const nobodyWaits = population.kind === 'endless' || (population.kind === 'closed' && population.thinkNs === 0);
  if (nobodyWaits) {
    const wanting = population.kind === 'closed' ? population.size : capacity;
    const runningAt = levels.map((_, level) => runningCount({ capacity, cpus }, wanting, level));
    // All that can run does: the run time is that in which the measured faults come about, waiting for a CPU included.
    const running = levels.reduce((sum, share, level) => sum + share * (runningAt[level] ?? 0), 0);
    const runNs = Math.max(running / faultsPerNs, LEAST_RUN_SHARE * faultNs);
    return { runNs, faultNsAt: readOff(measured, runNs, runningAt) };
  }
  // How many run at a level depends on how many wait elsewhere, which depends on the rest: go round until it stands.
  const runNs = Math.max(measured.onCpu / faultsPerNs, LEAST_RUN_SHARE * faultNs);
  let calibration: Calibration = { runNs, faultNsAt: levels.map(() => faultNs) };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const old = calibration.faultNsAt;
    const { runningAt } = steadyState(programOf(calibration, capacity, cpus, population));
    const faultNsAt = readOff(measured, runNs, runningAt).map((ns, level) => Math.sqrt(ns * (old[level] ?? ns)));
    calibration = { runNs, faultNsAt };
    if (faultNsAt.every((ns, level) => Math.abs(ns - (old[level] ?? 0)) <= STILL * ns)) break;
  }
  return calibration;
}

/** The program at some capacity; beyond the levels that were measured a fault takes what it takes at the highest. */
export function programOf(
  { runNs, faultNsAt }: Calibration,
  capacity: number,
  cpus: number,
  population: Population,
): Program {
  const highest = faultNsAt.length - 1;
  const completionsPerNs = (level: number): number => level / (faultNsAt[Math.min(level, highest)] ?? runNs);
  return { capacity, cpus, runNs, completionsPerNs, population };
}

/** The same, if the device completes no more a second than it does at the highest level that was measured. */
export function saturatedProgramOf(
  calibration: Calibration,
  capacity: number,
  cpus: number,
  population: Population,
): Program {
  const program = programOf(calibration, capacity, cpus, population);
  const highest = calibration.faultNsAt.length - 1;
  return { ...program, completionsPerNs: (level) => program.completionsPerNs(Math.min(level, highest)) };
}

function readOff({ levels, faultNs }: Measured, runNs: number, runningAt: readonly number[]): number[] {
  const highest = Math.max(
    1,
    levels.findLastIndex((share) => share >= RARE),
  );
  const faultNsAt = [faultNs];
  for (let level = 1; level <= highest; level += 1) {
    const [from, to, running] = [levels[level - 1] ?? 0, levels[level] ?? 0, runningAt[level - 1] ?? 0];
    const known = from >= RARE && to >= RARE && running > 0;
    const takesNs = known ? (level * runNs * to) / (running * from) : (faultNsAt[level - 1] ?? faultNs);
    faultNsAt.push(Math.min(FARTHEST * faultNs, Math.max(faultNs / FARTHEST, takesNs)));
  }
  return faultNsAt;
}
