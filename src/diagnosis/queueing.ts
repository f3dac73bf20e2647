/**
 * Goroutines that alternate: they run on a P until they fault, keep the P while the fault is served, and may then wait
 * for something else without a P. `capacity` Ps, `cpus` CPUs to run them on. docs/what-if.md has it in words.
 */
export interface Program {
  /** Ps: how many goroutines may run or be in a fault at once. At least 1, whole. */
  readonly capacity: number;
  /** CPUs the program gets; need not be whole. */
  readonly cpus: number;
  /** CPU time from one fault to the next. */
  readonly runNs: number;
  /** Faults completed per nanosecond while this many (1 or more) are being served. */
  readonly completionsPerNs: (level: number) => number;
  readonly population: Population;
}

/** Whom the Ps work for. */
export type Population =
  /** So many goroutines, whole, each of which waits `thinkNs` (0 or more) without a P after each fault. */
  | { readonly kind: 'closed'; readonly size: number; readonly thinkNs: number }
  /** There is always another goroutine ready to run. */
  | { readonly kind: 'endless' }
  /** Goroutines come for one run and one fault and are gone; this many per nanosecond, at random. */
  | { readonly kind: 'open'; readonly arrivalsPerNs: number };

/** What becomes of a program in the long run. */
export interface SteadyState {
  /** Share of time with so many goroutines in a fault; index 0 to capacity, sums to 1. */
  readonly levels: readonly number[];
  /** Mean number of goroutines on a CPU while so many are in a fault; 0 for a level that never is. */
  readonly runningAt: readonly number[];
}

/**
 * The level's distribution. For a given number of goroutines that want a P the level is a birth-death chain: up at the
 * rate at which running goroutines reach a fault, down as faults complete. How many want a P is solved around that, the
 * inner chain taken as one server of its throughput (flow equivalence, Chandy, Herzog and Woo 1975): exact where
 * population, run and fault would be a product-form network, and where nobody waits elsewhere.
 */
export function steadyState(program: Program): SteadyState {
  const chains = new Map<number, Chain>();
  const chainOf = (wanting: number): Chain => {
    // With as many goroutines as Ps more of them change nothing: they only queue.
    const effective = Math.min(wanting, program.capacity);
    const known = chains.get(effective) ?? solveChain(program, effective);
    chains.set(effective, known);
    return known;
  };
  return mix(program.capacity, wantingDistribution(program, chainOf), chainOf);
}

/** Share of time in which every P is in a fault. */
export function fullStallFraction({ levels }: Pick<SteadyState, 'levels'>): number {
  return levels.at(-1) ?? 0;
}

/** Mean share of the Ps that are in a fault. */
export function lostParallelism({ levels }: Pick<SteadyState, 'levels'>): number {
  return meanOf(levels) / (levels.length - 1);
}

/** Sum of index x value. */
export function meanOf(distribution: readonly number[]): number {
  return distribution.reduce((sum, share, value) => sum + share * value, 0);
}

/** How many goroutines are on a CPU, of `wanting` that want a P, `level` of them in a fault. */
export function runningCount(program: Pick<Program, 'capacity' | 'cpus'>, wanting: number, level: number): number {
  return Math.max(0, Math.min(program.capacity - level, wanting - level, program.cpus));
}

interface Chain {
  readonly levels: readonly number[];
  readonly running: readonly number[];
  readonly throughputPerNs: number;
}

function solveChain(program: Program, wanting: number): Chain {
  const { runNs, completionsPerNs } = program;
  const top = Math.min(wanting, program.capacity);
  const running = Array.from({ length: top + 1 }, (_, level) => runningCount(program, wanting, level));
  const levels = fromRatios(top, (level) => (running[level - 1] ?? 0) / runNs / completionsPerNs(level));
  const throughputPerNs = levels.reduce((sum, share, level) => sum + (share * (running[level] ?? 0)) / runNs, 0);
  return { levels, running, throughputPerNs };
}

/** How the number of goroutines that want a P is distributed; index capacity stands for that many and more. */
function wantingDistribution(program: Program, chainOf: (wanting: number) => Chain): number[] {
  const { capacity, population } = program;
  if (population.kind === 'endless') return onlyAt(capacity);
  if (population.kind === 'open') return openWanting(capacity, population.arrivalsPerNs, chainOf);
  const { size, thinkNs } = population;
  if (thinkNs === 0) return onlyAt(Math.min(size, capacity));
  const ratio = (wanting: number): number => (size - wanting + 1) / thinkNs / chainOf(wanting).throughputPerNs;
  return foldAbove(fromRatios(size, ratio), capacity);
}

function openWanting(capacity: number, arrivalsPerNs: number, chainOf: (wanting: number) => Chain): number[] {
  const load = arrivalsPerNs / chainOf(capacity).throughputPerNs;
  // More work than can be done: the queue only grows.
  if (load >= 1) return onlyAt(capacity);
  const below = fromRatios(capacity, (wanting) => arrivalsPerNs / chainOf(wanting).throughputPerNs);
  // The numbers above the capacity follow geometrically.
  const folded = below.map((share, wanting) => (wanting === capacity ? share / (1 - load) : share));
  return normalised(folded);
}

function mix(capacity: number, wanting: readonly number[], chainOf: (wanting: number) => Chain): SteadyState {
  const levels = new Array<number>(capacity + 1).fill(0);
  const runningTime = new Array<number>(capacity + 1).fill(0);
  wanting.forEach((share, count) => {
    if (share === 0) return;
    const chain = chainOf(count);
    chain.levels.forEach((inner, level) => {
      levels[level] = (levels[level] ?? 0) + share * inner;
      runningTime[level] = (runningTime[level] ?? 0) + share * inner * (chain.running[level] ?? 0);
    });
  });
  const runningAt = levels.map((share, level) => (share === 0 ? 0 : (runningTime[level] ?? 0) / share));
  return { levels, runningAt };
}

/**
 * Shares of 0..top that stand in these ratios, each to the one before. Scaled down on the way against overflow; what
 * has become too rare to matter ends the row, because each further ratio may cost a chain of its own.
 */
function fromRatios(top: number, ratio: (index: number) => number): number[] {
  const weights = new Array<number>(top + 1).fill(0);
  weights[0] = 1;
  let weight = 1;
  let highest = 1;
  for (let index = 1; index <= top && weight > NEGLIGIBLE * highest; index += 1) {
    weight *= ratio(index);
    weights[index] = weight;
    highest = Math.max(highest, weight);
    if (weight < HUGE) continue;
    for (let at = 0; at <= index; at += 1) weights[at] = (weights[at] ?? 0) / weight;
    [weight, highest] = [1, 1];
  }
  return normalised(weights);
}

/** Far from the largest double, so that one more ratio does not pass it. */
const HUGE = 1e150;
/** Below what a double adds to a sum of the others. */
const NEGLIGIBLE = 1e-18;

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function onlyAt(index: number): number[] {
  return Array.from({ length: index + 1 }, (_, at) => (at === index ? 1 : 0));
}

function foldAbove(shares: readonly number[], top: number): number[] {
  const above = shares.slice(top + 1).reduce((sum, share) => sum + share, 0);
  return shares.slice(0, top + 1).map((share, index) => (index === top ? share + above : share));
}
