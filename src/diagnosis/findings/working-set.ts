import type { MemoryCgroupView } from '../../model/memory-cgroup-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import { blamedEvictor, evictsItself, fillsItself } from '../blamed-evictor.js';
import type { Finding } from '../finding.js';
import { evictionEvidence } from '../page-cache-evidence.js';

/** A cgroup whose usage stays so near its limit reclaims whenever anything is read. */
const FULL = 0.95;
/** The smallest page there is: with larger ones more is missing, and the statement holds all the more. */
const PAGE_BYTES = 4096;
/** Less than this share of the limit is within what reclaim frees ahead of need. */
const LEAST_EXCESS = 0.01;

/** The target evicts its own pages because its cgroup's limit leaves no room for them, and needs them again. */
export function workingSet(snapshot: Snapshot): Finding | null {
  const { memoryCgroup } = snapshot;
  const blamed = blamedEvictor(snapshot);
  if (blamed === null || memoryCgroup === null || !evictsItself(blamed.group)) return null;
  // Where others fill the cgroup it is not its own working set that does not fit.
  if (!fillsItself(snapshot, blamed.view)) return null;
  const { group, view } = blamed;
  const missingBytes = view.missingPages * PAGE_BYTES;
  const { limitBytes, path } = memoryCgroup;
  if (memoryCgroup.meanFullness < FULL || missingBytes < LEAST_EXCESS * limitBytes) return null;
  const estimateBytes = memoryCgroup.meanFullness * limitBytes + missingBytes;
  return {
    id: 'working-set',
    severity: 'problem',
    title: `The working set (estimated: ${formatBytes(estimateBytes)} or more) exceeds the ${formatBytes(limitBytes)} limit of the memory cgroup ${path}: it evicts its own pages, and ${formatPercent(group.share)} of its fault time comes from reading them again.`,
    evidence: [
      `The cgroup was ${formatPercent(memoryCgroup.meanFullness)} full on average${contents(memoryCgroup)}.`,
      `Pages that were evicted and came back were gone for ${formatDuration(group.meanAgeNs)} on average: at any moment ${formatCount(Math.round(view.missingPages))} of them (${formatBytes(missingBytes)}) were missing. What has not come back yet is not in it, nor what readahead brought along: the estimate is a lower bound.`,
      ...evictionEvidence(group, view),
      ...refaultEvidence(memoryCgroup),
    ],
    // All that is in the cgroup is taken for in use.
    confidence: 'medium',
    remedies: [
      `Raise the limit of ${path} by ${formatBytes(missingBytes)} at least (memory.max, memory.high, memory.limit_in_bytes).`,
      'Touch less: what is in use must fit; other processes in that cgroup count too.',
      'Where it reads much once, keep that out of the page cache: posix_fadvise(POSIX_FADV_DONTNEED) behind it, or O_DIRECT.',
    ],
  };
}

function contents({ fileBytes, anonBytes }: MemoryCgroupView): string {
  if (fileBytes === null || anonBytes === null) return '';
  return `, last with ${formatBytes(fileBytes)} of page cache and ${formatBytes(anonBytes)} of anonymous memory`;
}

function refaultEvidence({ refaultedPages, watchedNs }: MemoryCgroupView): string[] {
  if (refaultedPages === null || watchedNs <= 0) return [];
  const rate = formatRate(refaultedPages / (watchedNs / 1e9));
  return [
    `The kernel counted ${formatCount(refaultedPages)} refaulted pages in the cgroup (${rate}/s), readahead included.`,
  ];
}
