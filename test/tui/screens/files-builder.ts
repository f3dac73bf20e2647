import { accessPattern, STEP_PAGES } from '../../../src/model/access-pattern.js';
import type { CauseShare, FilesView, FileView } from '../../../src/model/files-view.js';
import { Heat } from '../../../src/model/heat.js';
import { heatView } from '../../../src/model/heat-view.js';
import { type Chance, chanceOf, uniform } from '../../unit/model/simulated-access.js';

const PAGE = 4096;
const NOW_NS = 42.5e9;
const GIB = 2 ** 30;

/** A file with faults where `pageOf` says, over the session's time; `part` goes from 0 to 1 with it. */
export function file(
  path: string | null,
  facts: Partial<FileView> & { pageOf?: (part: number, chance: Chance) => number; aheadShare?: number } = {},
): FileView {
  const { pageOf, aheadShare = 0, ...own } = facts;
  const { sizeBytes = 2 * GIB, majorFaults = 36_000, faultWaitNs = 31e9 } = own;
  const heat = pageOf === undefined ? null : heatOf(pageOf);
  const steps = { ahead: Math.round(majorFaults * aheadShare), all: majorFaults, windowPages: STEP_PAGES };
  return {
    id: path ?? 'no path',
    of: 'file',
    path,
    deleted: false,
    device: '8:1',
    inode: 1234n,
    mappedBytes: sizeBytes ?? GIB,
    sizeBytes,
    majorFaults,
    faultWaitNs,
    exact: true,
    pattern: accessPattern(steps, heat, PAGE),
    heat: heat === null ? null : heatView(heat, sizeBytes, PAGE, NOW_NS),
    residency: { atNs: 40e9, residentBytes: 0.43 * (sizeBytes ?? GIB), sizeBytes: sizeBytes ?? GIB },
    residencyGap: null,
    causes: null,
    ...own,
  };
}

function heatOf(pageOf: (part: number, chance: Chance) => number): Heat {
  const heat = new Heat();
  const chance = chanceOf(7);
  for (let index = 0; index < 4000; index += 1) {
    const part = index / 4000;
    heat.add(pageOf(part, chance), 9, 2e9 + part * 40e9);
  }
  return heat;
}

const PAGES = (2 * GIB) / PAGE;

/** One of each pattern, memory that was swapped, and a file that nobody has named. */
export function files(facts: Partial<FilesView> = {}): FilesView {
  const hot = (chance: Chance) => (chance() < 0.92 ? uniform(chance, PAGES / 12, PAGES * 0.6) : uniform(chance, PAGES));
  return {
    files: [
      file('/srv/data/shards/0007/postings.idx', { pageOf: (_, chance) => uniform(chance, PAGES), faultWaitNs: 52e9 }),
      file('/srv/data/cold.dat', { pageOf: (part) => Math.floor(part * 0.8 * PAGES), aheadShare: 0.97 }),
      file('/srv/data/users.db', {
        pageOf: (_, chance) => hot(chance),
        majorFaults: 8100,
        faultWaitNs: 9.7e9,
        deleted: true,
      }),
      file(null, {
        id: 'anonymous',
        of: 'anonymous',
        device: null,
        inode: null,
        sizeBytes: null,
        mappedBytes: 300 * 2 ** 20,
        majorFaults: 410,
        faultWaitNs: 0.3e9,
        exact: false,
        residency: null,
      }),
      file(null, { id: 'unnamed', of: 'unknown', sizeBytes: null, majorFaults: 3, faultWaitNs: 4e6, residency: null }),
    ],
    more: { files: 0, majorFaults: 0, faultWaitNs: 0 },
    unplacedFaults: 0,
    unplacedWaitNs: 0,
    exact: true,
    ...facts,
  };
}

/** As the set pagecache tells them. */
export function causes(comm = 'grep'): CauseShare[] {
  const actor = { pid: 9001, comm, command: null, cgroup: null, isTarget: false, kernelThread: false };
  return [
    { cause: 'first-touch', majorFaults: 9000, faultWaitNs: 8.1e9, confidence: 'medium', evictors: [] },
    {
      cause: 'refault',
      majorFaults: 27_000,
      faultWaitNs: 23e9,
      confidence: 'high',
      evictors: [{ actor, way: 'reclaim', majorFaults: 26_000, meanAgeNs: 3.2e9 }],
    },
  ];
}

/** `count` files, the first with most fault time. */
export function manyFiles(count: number): FilesView {
  const listed = Array.from({ length: Math.min(count, 200) }, (_, index) =>
    file(`/srv/data/file-${index}`, { id: `f${index}`, majorFaults: 1000 - index, faultWaitNs: (1000 - index) * 1e6 }),
  );
  const more = count - listed.length;
  return files({ files: listed, more: { files: more, majorFaults: 10 * more, faultWaitNs: 1e6 * more } });
}
