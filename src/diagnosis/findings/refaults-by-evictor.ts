import type { PageCacheView } from '../../model/page-cache-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { blamedEvictor, evictsItself, fillersBeside, fillsItself } from '../blamed-evictor.js';
import { evictedBy, evictionRemedies, remediesAgainst, suspectWords } from '../eviction-words.js';
import { type EvictorGroup, evictorGroups } from '../evictor-groups.js';
import type { Finding } from '../finding.js';
import { evictionEvidence, refaultedBy, whoIs } from '../page-cache-evidence.js';
import { workingSet } from './working-set.js';

/** Others are named from here on. */
const NAMED_SHARE = 0.1;

/** Pages come again because somebody evicts them, and it is known who; `working-set` says more where a limit is known. */
export function refaultsByEvictor(snapshot: Snapshot): Finding | null {
  const blamed = blamedEvictor(snapshot);
  if (blamed === null || workingSet(snapshot) !== null) return null;
  const { group, view } = blamed;
  if (!evictsItself(group)) return another(snapshot, group, view);
  return fillsItself(snapshot, view) ? itself(snapshot, group, view) : pressed(snapshot, group, view);
}

function another(snapshot: Snapshot, group: EvictorGroup, view: PageCacheView): Finding {
  const suspects = group.way === 'kswapd' ? suspectWords(snapshot) : null;
  const file = refaultedBy(snapshot, group) ?? 'file pages';
  return {
    id: 'refaults-by-evictor',
    severity: 'problem',
    title: `${formatPercent(group.share)} of its fault time comes from refaults of ${file} ${evictedBy(group)}${suspects === null ? '' : `; suspected: ${suspects}`}.`,
    evidence: [
      ...evictionEvidence(group, view),
      ...(group.way === 'kswapd' ? [kswapdEvidence(suspects)] : []),
      ...otherEvictors(group, view),
    ],
    // Fillers of the time are under suspicion: that it was their filling that woke kswapd is likely, not seen.
    confidence: group.way === 'kswapd' ? 'medium' : 'high',
    remedies: remediesAgainst(group),
  };
}

function itself(snapshot: Snapshot, group: EvictorGroup, view: PageCacheView): Finding {
  const { memoryCgroup } = snapshot;
  const where = memoryCgroup === null ? '' : ` for lack of room in the memory cgroup ${memoryCgroup.path}`;
  const file = refaultedBy(snapshot, group);
  return {
    id: 'refaults-by-evictor',
    severity: 'problem',
    title: `Its working set does not fit: it evicts its own pages${where}, and ${formatPercent(group.share)} of its fault time comes from reading them again${file === null ? '' : ` (most of ${file})`}.`,
    evidence: [...evictionEvidence(group, view), ...otherEvictors(group, view)],
    confidence: 'high',
    remedies: [
      'Give it memory: raise the limit of its memory cgroup (memory.max, memory.high), or use a larger host.',
      'Touch less: read less at random, or in smaller structures, so that what is in use fits.',
      'Where it reads much once, keep that out of the page cache: posix_fadvise(POSIX_FADV_DONTNEED) behind it, or O_DIRECT.',
    ],
  };
}

/** It had to make room itself, but most of what filled memory was not its own. */
function pressed(snapshot: Snapshot, group: EvictorGroup, view: PageCacheView): Finding {
  const others = fillersBeside(snapshot, view)
    .filter(({ actor, share }) => !actor.isTarget && share >= NAMED_SHARE)
    .slice(0, 3)
    .map(({ actor, share }) => `${whoIs(actor)} ${formatPercent(share)}`);
  const file = refaultedBy(snapshot, group) ?? 'file pages';
  const beside = others.length === 0 ? '' : `, while others filled memory: ${others.join(', ')}`;
  return {
    id: 'refaults-by-evictor',
    severity: 'problem',
    title: `${formatPercent(group.share)} of its fault time comes from refaults of ${file} that it evicted itself, to make room${beside}.`,
    evidence: [
      ...evictionEvidence(group, view),
      'Shares of what was brought into memory beside it are of the whole time watched.',
      ...otherEvictors(group, view),
    ],
    confidence: 'medium',
    remedies: evictionRemedies('reclaim'),
  };
}

function kswapdEvidence(suspects: string | null): string {
  return suspects === null
    ? 'Who filled memory while kswapd evicted is not known.'
    : 'kswapd evicts for others: suspects are those who filled memory from 2s before to 1s after each eviction, by their share; that they were the cause is likely, not proven.';
}

function otherEvictors(blamed: EvictorGroup, view: PageCacheView): string[] {
  return evictorGroups(view)
    .filter((group) => group.way !== blamed.way || group.actor.pid !== blamed.actor.pid)
    .filter(({ share, refaults }) => share >= NAMED_SHARE && refaults > 0)
    .map(
      (group) => `${formatPercent(group.share)} more (${formatCount(group.refaults)} refaults) ${evictedBy(group)}.`,
    );
}
