import type { Diagnosis } from '../../diagnosis/finding.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { Lanes } from '../lanes.js';
import { absentSection } from './absent-section.js';
import { pageAssets } from './assets.js';
import { pageFoot, pageHead } from './document.js';
import { filesSection } from './files-section.js';
import { flameSections } from './flame-section.js';
import { goroutinesSection } from './goroutines-section.js';
import { dataElement } from './html.js';
import { keyFigures } from './key-figures.js';
import { LaneColumns } from './lane-columns.js';
import { longestFaultsSection } from './longest-faults.js';
import type { PageData } from './page/page-data.js';
import { pageCacheSection } from './page-cache-section.js';
import { PATTERNS } from './patterns.js';
import { qualitySection } from './quality.js';
import { requestsSection } from './requests-section.js';
import { type Section, sectionHtml } from './section.js';
import { storageSection } from './storage-section.js';
import { symptomsSection } from './symptoms-section.js';
import { type DrawnLanes, drawnLanes, threadsSection } from './threads-section.js';
import { timeByCause } from './time-by-cause.js';
import { timelineSection } from './timeline.js';
import { trackData } from './track.js';
import { stallTracks, symptomTracks } from './tracks.js';
import { verdictSection } from './verdict.js';
import { wakersSection } from './wakers-section.js';

/**
 * The session as one page that needs nothing else: to be read, printed, and attached to an incident. All that it says is
 * in its markup; its script only zooms, searches and sorts.
 *
 * Charts are SVG made here, not a chart library's: the well-kept small ones draw on a canvas, which cannot be read aloud,
 * is blurred on paper, and shows nothing without a script; and none of them has flame graphs or lanes.
 */
export function* renderHtml(session: ExportedSession): ExportPieces {
  const columns = playedLanes(session);
  const { snapshot, diagnosis } = session.end();
  const assets = pageAssets();
  const drawn = drawnLanes(columns, snapshot.window.durationNs);
  const sections = sectionsOf(snapshot, diagnosis, drawn);
  yield pageHead(snapshot, assets, sections).markup;
  yield PATTERNS.markup;
  for (const section of sections) yield sectionHtml(section).markup;
  yield pageFoot(assets, dataElement('data', pageData(snapshot, drawn))).markup;
}

function playedLanes(session: ExportedSession): LaneColumns {
  const lanes = new Lanes();
  const columns = new LaneColumns();
  for (const { trace } of session.moments()) {
    const span = lanes.span(trace);
    if (span !== null) columns.add(span);
  }
  return columns;
}

function sectionsOf(snapshot: Snapshot, diagnosis: Diagnosis, drawn: DrawnLanes): Section[] {
  const sections: readonly (Section | null)[] = [
    verdictSection(snapshot, diagnosis),
    keyFigures(snapshot),
    timelineSection(snapshot),
    threadsSection(snapshot, drawn),
    timeByCause(snapshot),
    filesSection(snapshot),
    pageCacheSection(snapshot),
    storageSection(snapshot),
    wakersSection(snapshot),
    goroutinesSection(snapshot),
    requestsSection(snapshot),
    symptomsSection(snapshot),
    ...flameSections(snapshot),
    longestFaultsSection(snapshot),
    qualitySection(snapshot),
    absentSection(snapshot),
  ];
  return sections.filter((section) => section !== null);
}

/** What the page's script says of the charts: nothing that they do not show. */
function pageData(snapshot: Snapshot, { data: lanes }: DrawnLanes): PageData {
  const { history, window } = snapshot;
  const data = (tracks: ReturnType<typeof stallTracks>) => tracks.map((track) => trackData(track, history));
  return {
    durationNs: window.durationNs,
    history: history.map(({ atNs }) => atNs),
    charts: { 'stall over time': data(stallTracks(snapshot)), 'symptoms over time': data(symptomTracks(snapshot)) },
    lanes,
  };
}
