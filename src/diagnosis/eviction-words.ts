import type { Snapshot } from '../model/snapshot.js';
import type { EvictionWay } from '../record/page-cache.js';
import { formatPercent } from '../text/units.js';
import type { EvictorGroup } from './evictor-groups.js';
import { whoIs } from './page-cache-evidence.js';

/** Each way of eviction in at most 12 columns. */
export const WAY_WORDS: { readonly [way in EvictionWay]: string } = {
  reclaim: 'made room',
  kswapd: 'kswapd',
  fadvise: 'fadvise',
  'drop-caches': 'drop_caches',
  truncate: 'truncate',
  unmount: 'unmount',
  'direct-write': 'direct write',
  other: 'other',
};

/** "evicted by grep (pid 4711, cgroup /batch)": what the way of eviction is in words, with who did it. */
export function evictedBy({ actor, way, processes }: EvictorGroup): string {
  const who = whoIs(actor, processes);
  if (isDamon({ actor, way })) return `evicted by DAMON (${who}), which reclaims what was not touched for a while`;
  const words: { readonly [way in EvictionWay]: string } = {
    reclaim: `evicted by ${who}`,
    kswapd: 'evicted by kswapd, on behalf of whoever filled memory',
    fadvise: `dropped by ${who} with posix_fadvise(POSIX_FADV_DONTNEED)`,
    'drop-caches': `dropped by ${who} through vm.drop_caches`,
    truncate: `truncated, punched or deleted by ${who}`,
    unmount: `dropped as ${who} unmounted the file system`,
    'direct-write': `dropped as ${who} wrote the file around the page cache (O_DIRECT)`,
    other: `removed by ${who}`,
  };
  return words[way];
}

/** "suspected: backup (pid 99, cgroup /b) 81%, the program itself 12% of what filled memory then". */
export function suspectWords({ pageCache }: Pick<Snapshot, 'pageCache'>): string | null {
  const named = (pageCache?.suspects ?? []).slice(0, 3);
  if (named.length === 0) return null;
  const list = named.map(({ actor, share }) => `${whoIs(actor)} ${formatPercent(share)}`).join(', ');
  return `${list} of what filled memory then`;
}

const OWN_CGROUP =
  'Part the two: move the other into a memory cgroup of its own with a limit (memory.max, or memory.high to slow it down).';
const PROTECT = "Protect this program's memory: memory.low or memory.min of its cgroup.";
const READ_AROUND =
  'Where the other reads much once: let it use posix_fadvise(POSIX_FADV_NOREUSE, or DONTNEED behind it) or O_DIRECT.';
const HOLD = 'Hold what must stay: mlock(2), or vmtouch -l on the file.';

/** Threads of the kernel's that reclaim before memory is short (Documentation/admin-guide/mm/damon/). */
function isDamon({ actor, way }: Pick<EvictorGroup, 'actor' | 'way'>): boolean {
  return way === 'reclaim' && actor.kernelThread && /^kdamond\.\d+$/.test(actor.comm ?? '');
}

/** What helps against an evictor, best first. */
export function remediesAgainst(group: Pick<EvictorGroup, 'actor' | 'way'>): readonly string[] {
  if (!isDamon(group)) return evictionRemedies(group.way);
  return [
    'Ask who has set up DAMON (/sys/kernel/mm/damon, /sys/module/damon_reclaim): it can leave out a cgroup, or wait longer (min_age).',
    HOLD,
  ];
}

/** What helps against evictions of one way, best first. */
export function evictionRemedies(way: EvictionWay): readonly string[] {
  const remedies: { readonly [way in EvictionWay]: readonly string[] } = {
    reclaim: [OWN_CGROUP, PROTECT, READ_AROUND, HOLD],
    kswapd: [
      PROTECT,
      'Bound the suspects: a memory cgroup of their own with a limit (memory.max or memory.high).',
      READ_AROUND,
      HOLD,
    ],
    fadvise: ['Take the advice out of that program, or keep it from files that others use.', HOLD],
    'drop-caches': ['Find what writes to /proc/sys/vm/drop_caches (a cron job, a benchmark) and stop it.', HOLD],
    truncate: ['Write a new file and rename(2) it, in place of truncating the one that is mapped.'],
    unmount: ['Keep the file system mounted while it is in use.'],
    'direct-write': [
      'Do not mix O_DIRECT writes with a mapping of the same file: each write drops the pages it covers.',
    ],
    other: [HOLD],
  };
  return remedies[way];
}
