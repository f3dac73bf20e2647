import { WAY_WORDS } from '../diagnosis/eviction-words.js';
import type { ActorView, EvictorView, PageCacheView } from '../model/page-cache-view.js';
import { cell } from '../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../text/units.js';
import { shortParagraph } from './report-lines.js';

const EVICTORS = 3;
const SUSPECTS = 3;

/** Why pages were not there and who evicted them, in half a dozen lines; none unless the set `pagecache` ran. */
export function pageCacheLines(view: PageCacheView | null): string[] {
  if (view === null) return [];
  return [...shortParagraph('pages    ', pagesText(view), 4), ...evictorTable(view), ...suspectLines(view)];
}

function pagesText(view: PageCacheView): string {
  const { evictedPages, causes, majorFaults, sampledFaults, watchedNs } = view;
  const shares = causes.map(
    ({ cause, majorFaults: faults, confidence }) =>
      `${cause} ${formatPercent(faults / majorFaults)}${confidence === 'high' ? '' : ` (confidence ${confidence})`}`,
  );
  const scaled = sampledFaults < majorFaults ? `, scaled from ${formatCount(sampledFaults)} of them` : '';
  const why =
    shares.length === 0 ? '' : `; causes of ${formatCount(majorFaults)} major faults${scaled}: ${shares.join(', ')}`;
  return `${formatCount(evictedPages)} pages of its files evicted, watched for ${formatDuration(watchedNs)}${why}`;
}

function evictorTable({ evictors, majorFaults }: PageCacheView): string[] {
  if (evictors.length === 0) return [];
  const more = evictors.length - EVICTORS;
  return [
    `  evictor ${cell('pages', 33, 'right')} refaults share    age  way`,
    ...evictors.slice(0, EVICTORS).map((evictor) => evictorLine(evictor, majorFaults)),
    ...(more > 0 ? [`  and ${more} more evictors`] : []),
  ];
}

function evictorLine({ actor, way, pages, refaults, meanAgeNs }: EvictorView, majorFaults: number): string {
  const name = actor.pid === 0 ? 'many others' : `${actor.pid} ${actor.comm ?? '-'} ${actor.cgroup ?? ''}`;
  return [
    `  ${cell(name, 35)}`,
    cell(formatCount(pages), 5, 'right'),
    cell(formatCount(refaults), 8, 'right'),
    cell(formatPercent(majorFaults === 0 ? null : refaults / majorFaults), 5, 'right'),
    cell(formatDuration(meanAgeNs), 6, 'right'),
    ` ${WAY_WORDS[way]}`,
  ].join(' ');
}

function suspectName({ pid, comm }: ActorView): string {
  return pid === 0 ? 'many others' : `${comm ?? '-'} (${pid})`;
}

function suspectLines({ suspects, kswapdRefaults }: PageCacheView): string[] {
  if (kswapdRefaults === 0) return [];
  const named = suspects.slice(0, SUSPECTS).map(({ actor, share }) => `${suspectName(actor)} ${formatPercent(share)}`);
  const text = named.length === 0 ? 'nobody known' : named.join(', ');
  return shortParagraph('  ', `suspects behind kswapd, by what they filled then: ${text}`, 2);
}
