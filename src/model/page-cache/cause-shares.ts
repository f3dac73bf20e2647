import { FAULT_CAUSES } from '../../record/page-cache.js';
import type { CauseShare } from '../files-view.js';
import type { Actors } from './actors.js';
import { lower } from './confidence.js';
import { evictorKey } from './evictions.js';
import { type Scaled, sum } from './scale.js';

/** Evictors named with a cause of one file. */
const EVICTORS = 10;

type Cell = Scaled['cells'][number];

/** A file's scaled faults by cause, most first; `confidence` of each cause in it. */
export function causeShares(
  cells: readonly Cell[],
  actors: Actors,
  confidence: (cause: Cell['cause']) => CauseShare['confidence'],
): CauseShare[] {
  return FAULT_CAUSES.flatMap((cause) => {
    const own = cells.filter((cell) => cell.cause === cause);
    const majorFaults = sum(own, ({ count }) => count);
    if (majorFaults === 0) return [];
    const faultWaitNs = sum(own, ({ totalNs }) => totalNs);
    return [{ cause, majorFaults, faultWaitNs, confidence: confidence(cause), evictors: evictorsOf(own, actors) }];
  }).sort((a, b) => b.majorFaults - a.majorFaults);
}

function evictorsOf(cells: readonly Cell[], actors: Actors): CauseShare['evictors'] {
  return [...byEvictor(cells).values()]
    .flatMap(({ evictor, count, ageTotalNs }) =>
      evictor === null || evictor.way === 'kswapd'
        ? []
        : [{ actor: actors.view(evictor.actor), way: evictor.way, majorFaults: count, meanAgeNs: ageTotalNs / count }],
    )
    .sort((a, b) => b.majorFaults - a.majorFaults)
    .slice(0, EVICTORS);
}

/** Refaults of any number of files by {@link evictorKey}. */
export function byEvictor(cells: readonly Cell[]): Map<string, Cell> {
  const sums = new Map<string, Cell>();
  for (const cell of cells) {
    if (cell.evictor === null) continue;
    const key = evictorKey(cell.evictor.actor, cell.evictor.way);
    const before = sums.get(key);
    sums.set(
      key,
      before === undefined
        ? cell
        : {
            ...before,
            count: before.count + cell.count,
            totalNs: before.totalNs + cell.totalNs,
            ageTotalNs: before.ageTotalNs + cell.ageTotalNs,
            ageMaxNs: Math.max(before.ageMaxNs, cell.ageMaxNs),
          },
    );
  }
  return sums;
}

/** The causes of several files together, each as sure as it is where it is least so; files with few faults do not count. */
export function joinedShares(
  files: readonly (readonly CauseShare[])[],
  evictors: CauseShare['evictors'],
): CauseShare[] {
  return FAULT_CAUSES.flatMap((cause) => {
    const shares = files.flatMap((file) => file.filter((share) => share.cause === cause));
    const majorFaults = sum(shares, (share) => share.majorFaults);
    if (majorFaults === 0) return [];
    const weighty = shares.filter((share) => share.majorFaults >= LEAST_PART * majorFaults);
    return [
      {
        cause,
        majorFaults,
        faultWaitNs: sum(shares, (share) => share.faultWaitNs),
        confidence: (weighty.length === 0 ? shares : weighty)
          .map((share) => share.confidence)
          .reduce((a, b) => lower(a, b), 'high'),
        evictors: cause === 'refault' ? evictors : [],
      },
    ];
  }).sort((a, b) => b.majorFaults - a.majorFaults);
}

const LEAST_PART = 0.1;
