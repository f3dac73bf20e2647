import type { AccessPattern } from './files-view.js';
import type { Heat, Spread } from './heat.js';

/** How faults follow each other: those that lie ahead of the same thread's fault before, near enough, of all. */
export interface Steps {
  readonly ahead: number;
  readonly all: number;
  /** How many pages ahead counts. */
  readonly windowPages: number;
}

/** What a fault must be ahead by at most: the largest readahead window that is in use, 4 MiB. */
export const STEP_PAGES = 1024;

const LEAST_STEPS = 16;
/** Of the faults that chance does not explain, how many must go on where the one before left off. */
const SEQUENTIAL = 0.5;
/** In any order that chance makes, whatever pages it prefers, the next fault is as soon behind as ahead. */
const CHANCE_AT_MOST = 0.5;
/** 99.9 % sure, one-sided. */
const Z = 3.1;

/** The part of the faults whose place is looked at. */
const MOST = 0.8;
/** Samples to a bucket: fewer look clustered by chance. */
const SAMPLES_EACH = 5;
const LEAST_BUCKETS = 8;
/** Clustered is what takes half as much of the range as evenly spread faults would. */
const CLUSTERED = 0.5;

/** Names how a file's pages are faulted in (docs/files.md has the measure); null where too few faults are known. */
export function accessPattern(steps: Steps, heat: Heat | null, pageBytes: number): AccessPattern | null {
  const spread = heat?.spread() ?? null;
  const groups = heat === null || spread === null ? [] : groupsOf(spread, heat.effectiveSamples);
  const sequential = sequentialShare(steps, groups);
  const isSequential = sequential >= SEQUENTIAL && lowerBound(steps) > CHANCE_AT_MOST;
  const place = heat === null || spread === null ? null : placeOf(heat, spread, groups, pageBytes);
  const isKnown = steps.all >= LEAST_STEPS;
  if (!(isKnown && isSequential) && place === null) return null;
  return {
    kind: isKnown && isSequential ? 'sequential' : place?.isClustered ? 'clustered' : 'random',
    sequentialFraction: isKnown ? sequential : null,
    hotFraction: place?.hotFraction ?? null,
    evenFraction: place?.evenFraction ?? null,
    hotRange: place?.hotRange ?? null,
    samples: heat?.samples ?? 0,
  };
}

/** Like Cohen's kappa: what chance brings is taken off both the share and the whole. */
function sequentialShare({ ahead, all, windowPages }: Steps, groups: readonly Group[]): number {
  if (all === 0) return 0;
  const chance = groups.length === 0 ? CHANCE_AT_MOST : chanceAhead(groups, windowPages);
  return Math.max(0, (ahead / all - chance) / (1 - chance));
}

/** What the true share surely is not below (Wilson's score interval). */
function lowerBound({ ahead, all }: Steps): number {
  if (all === 0) return 0;
  const share = ahead / all;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * all);
  const half = Z * Math.sqrt((share * (1 - share)) / all + z2 / (4 * all * all));
  return (middle - half) / (1 + z2 / all);
}

interface Group {
  readonly fromPage: number;
  readonly pages: number;
  readonly weight: number;
}

/** The touched range in parts of equal length (the outermost may be shorter), so few that each has samples enough. */
function groupsOf({ firstBucket, bucketPages, weights, fromPage, endPage }: Spread, samples: number): Group[] {
  const first = Math.floor(fromPage / bucketPages);
  const buckets = Math.floor((endPage - 1) / bucketPages) - first + 1;
  const each = Math.ceil(buckets / Math.max(1, Math.min(buckets, Math.floor(samples / SAMPLES_EACH))));
  return Array.from({ length: Math.ceil(buckets / each) }, (_, group) => {
    const begin = first + group * each;
    const end = Math.min(begin + each, first + buckets);
    let weight = 0;
    for (let bucket = begin; bucket < end; bucket += 1) weight += weights[bucket - firstBucket] ?? 0;
    const from = Math.max(fromPage, begin * bucketPages);
    return { fromPage: from, pages: Math.min(endPage, end * bucketPages) - from, weight };
  });
}

/** How often the next fault would lie within `windowPages` ahead if all came from these groups in a chance order. */
function chanceAhead(groups: readonly Group[], windowPages: number): number {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const below = cumulative(groups, total);
  const chance = groups.reduce((sum, { fromPage, pages, weight }) => {
    // The mean over a group of what lies ahead, taken at four places in it.
    const ahead = [0.125, 0.375, 0.625, 0.875].map((part) => {
      const at = fromPage + part * pages;
      return below(at + windowPages) - below(at);
    });
    return sum + ((weight / total) * ahead.reduce((a, b) => a + b, 0)) / ahead.length;
  }, 0);
  return Math.min(CHANCE_AT_MOST, chance);
}

/** The share of the weight below a page. */
function cumulative(groups: readonly Group[], total: number): (page: number) => number {
  const sums = [0];
  for (const { weight } of groups) sums.push((sums.at(-1) ?? 0) + weight);
  const [first, second] = groups;
  const firstPages = first?.pages ?? 1;
  const eachPages = second?.pages ?? firstPages;
  return (page) => {
    const beyond = page - (second?.fromPage ?? Number.POSITIVE_INFINITY);
    const index = beyond < 0 ? 0 : Math.min(groups.length - 1, 1 + Math.floor(beyond / Math.max(1, eachPages)));
    const { fromPage = 0, pages = 1, weight = 0 } = groups[index] ?? {};
    const part = Math.min(1, Math.max(0, (page - fromPage) / pages));
    return ((sums[index] ?? 0) + part * weight) / total;
  };
}

interface Place {
  readonly isClustered: boolean;
  readonly hotFraction: number;
  readonly evenFraction: number;
  readonly hotRange: { readonly fromByte: number; readonly toByte: number };
}

/** Null where the samples are too few, or the range too small, to tell. */
function placeOf(heat: Heat, spread: Spread, groups: readonly Group[], pageBytes: number): Place | null {
  if (groups.length < LEAST_BUCKETS) return null;
  const hotFraction = smallestShare(groups);
  const evenFraction = evenShare(heat.effectiveSamples / groups.length);
  return {
    isClustered: hotFraction <= CLUSTERED * evenFraction,
    hotFraction,
    evenFraction,
    hotRange: hotRange(spread, pageBytes),
  };
}

/** The smallest share of the range, in any number of pieces, in which {@link MOST} of the weight is. */
function smallestShare(groups: readonly Group[]): number {
  const densest = [...groups].sort((a, b) => b.weight / b.pages - a.weight / a.pages);
  const allPages = groups.reduce((sum, { pages }) => sum + pages, 0);
  let left = MOST * groups.reduce((sum, { weight }) => sum + weight, 0);
  let pages = 0;
  for (const group of densest) {
    if (group.weight >= left) return (pages + (group.pages * left) / group.weight) / allPages;
    left -= group.weight;
    pages += group.pages;
  }
  return 1;
}

/** Beyond, chance makes no difference worth telling. */
const MOST_EACH = 1000;

/** What {@link smallestShare} comes to if `each` samples a bucket fall evenly: Poisson's distribution, from its upper end. */
function evenShare(each: number): number {
  const mean = Math.min(each, MOST_EACH);
  const highest = Math.ceil(mean + 10 * Math.sqrt(mean));
  const probability = poisson(mean, highest);
  let left = MOST;
  let share = 0;
  for (let count = highest; count > 0; count -= 1) {
    const buckets = probability[count] ?? 0;
    const weight = (buckets * count) / mean;
    if (weight >= left) return share + (buckets * left) / weight;
    left -= weight;
    share += buckets;
  }
  return share;
}

/** The probabilities of 0 to `highest` events where `mean` are expected. */
function poisson(mean: number, highest: number): number[] {
  const logs = [-mean];
  for (let count = 1; count <= highest; count += 1) logs.push((logs[count - 1] ?? 0) + Math.log(mean / count));
  return logs.map(Math.exp);
}

/** The shortest range in one piece in which {@link MOST} of the weight is. */
function hotRange(spread: Spread, pageBytes: number): Place['hotRange'] {
  const { firstBucket, bucketPages, weights, fromPage, endPage } = spread;
  let total = 0;
  for (let slot = 0; slot < weights.length; slot += 1) total += weights[slot] ?? 0;
  let best = { from: 0, to: weights.length };
  let from = 0;
  let within = 0;
  for (let to = 1; to <= weights.length; to += 1) {
    within += weights[to - 1] ?? 0;
    while (within - (weights[from] ?? 0) >= MOST * total) {
      within -= weights[from] ?? 0;
      from += 1;
    }
    if (within >= MOST * total && to - from < best.to - best.from) best = { from, to };
  }
  const pageAt = (slot: number) => Math.min(endPage, Math.max(fromPage, (firstBucket + slot) * bucketPages));
  return { fromByte: pageAt(best.from) * pageBytes, toByte: pageAt(best.to) * pageBytes };
}
