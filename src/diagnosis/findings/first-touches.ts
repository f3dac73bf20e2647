import type { FileView } from '../../model/files-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { firstTouchShare, refaultShare } from '../evictor-groups.js';
import type { Finding } from '../finding.js';
import { knownCauses, samplingEvidence } from '../page-cache-evidence.js';
import { faultsMatter } from '../weight-of-faults.js';

/** Nearly all of the fault time: what else there is does not change the picture. */
const LEAST_SHARE = 0.8;
/** From here on pages go again as others come: it does not become warm. */
const MOST_REFAULTS = 0.05;
/** One file has so much of the faults: what the program reads is that file. */
const LEAST_OF_FAULTS = 0.8;
/** A file of which nearly all is in memory is warm. */
const WARM = 0.95;
/** Nobody waits for longer. */
const LONGEST_NS = 24 * 3600e9;

/** The faults are first touches of a file that is not in memory yet: they pass as it becomes so. */
export function firstTouches(snapshot: Snapshot): Finding | null {
  const view = knownCauses(snapshot);
  if (view === null || !faultsMatter(snapshot)) return null;
  const share = firstTouchShare(view);
  const file = mostFaulted(snapshot);
  if (share < LEAST_SHARE || refaultShare(view) > MOST_REFAULTS || file === null) return null;
  const confidence = view.causes.find(({ cause }) => cause === 'first-touch')?.confidence ?? 'low';
  // What may as well be pages that were evicted before we looked is no news.
  if (confidence === 'low') return null;
  const { residentBytes, sizeBytes } = file.residency;
  const resident = residentBytes / sizeBytes;
  if (resident >= WARM) return null;
  const rate = view.fillers.find(({ actor }) => actor.isTarget)?.rateBytesPerSecond ?? 0;
  const warmNs = rate > 0 ? ((sizeBytes - residentBytes) / rate) * 1e9 : Number.POSITIVE_INFINITY;
  const known = warmNs <= LONGEST_NS;
  const path = file.path ?? 'the file';
  const since = view.fromTheBegin ? 'after start' : 'since we watch';
  return {
    id: 'first-touches',
    severity: 'note',
    title: `First touches ${since}: ${formatPercent(resident)} of ${path} is in memory so far${known ? `, at this rate it is warm in ${formatDuration(warmNs)}` : ''}.`,
    evidence: [
      `${formatPercent(share)} of the fault time went to pages that we have not seen in memory before; refaults took ${formatPercent(refaultShare(view))}.`,
      `${formatBytes(residentBytes)} of ${formatBytes(sizeBytes)} are in the page cache (fincore), ${formatCount(file.majorFaults)} major faults in the file so far.`,
      ...(known
        ? [
            `The program brings in ${formatBytes(rate)}/s, all its files together: touched at random the last pages take longer, and memory that does not hold the file never gets there.`,
          ]
        : []),
      ...samplingEvidence(view),
    ],
    confidence,
    remedies: [
      'Wait: what is in memory does not fault again, as long as nothing evicts it.',
      `Before it takes load, read ${path} into the page cache (cat to /dev/null, MAP_POPULATE, madvise(MADV_WILLNEED)).`,
    ],
  };
}

/** The file with most of the faults, where its size and how much of it is in memory are known. */
function mostFaulted({ files }: Snapshot): (FileView & { residency: NonNullable<FileView['residency']> }) | null {
  if (files === null) return null;
  const all = files.files.reduce((sum, { majorFaults }) => sum + majorFaults, files.more.majorFaults);
  const [top] = [...files.files].sort((a, b) => b.majorFaults - a.majorFaults);
  if (top === undefined || top.residency === null || top.residency.sizeBytes <= 0) return null;
  return top.majorFaults < LEAST_OF_FAULTS * all ? null : { ...top, residency: top.residency };
}
