import type { RequestShare, RequestsView, Snapshot } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatRate } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { probeStatus } from '../probe-status.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';
import { type DrawnTracks, drawTracks, TRACKS_EDGE_ROWS } from '../tracks.js';
import { requestTracks } from './timeline.js';

/** Service times over time, and how requests that overlap a full stall fare; or why there are none, and what starts them. */
export function requestsPanel(scene: Scene, windowNs: number, width: number, height: number): DrawnTracks {
  const { snapshot, glyphs } = scene;
  const { requests } = snapshot;
  if (requests === null) return { lines: absent(scene, width), plots: [] };
  const figures = figureLines(snapshot, requests, glyphs);
  const room = height - figures.length;
  if (room < TRACKS_EDGE_ROWS + 1) return { lines: [heading(snapshot, width, glyphs), ...figures], plots: [] };
  const title = titleOf(snapshot);
  const frame = { title, windowNs, width, height: room, spareRows: 0, glyphs };
  const { lines, plots } = drawTracks(snapshot.history, [requestTracks(glyphs.micro)], frame);
  return { lines: [...lines, ...figures], plots };
}

/** All requests so far, and those that met a full stall against those that did not. */
export function figureLines({ stalls }: Snapshot, requests: RequestsView, glyphs: Glyphs): Line[] {
  const { latency, meanNs, byStall, count } = requests;
  const row = (label: string, figures: Figures, slower = ''): Line => {
    const times = [figures.meanNs, figures.p50Ns, figures.p99Ns, figures.maxNs];
    const texts = times.map((ns) => formatDuration(ns, glyphs.micro));
    return [
      span(` ${cell(label, LABEL_COLUMNS)}`, 'label'),
      span([formatCount(figures.count), ...texts].map((text) => cell(text, FIGURE_COLUMNS, 'right')).join('')),
      span(cell(slower, FIGURE_COLUMNS, 'right'), 'strong'),
    ];
  };
  const all = row('all requests', { ...latency, count, meanNs });
  if (byStall === null) {
    const why = stalls === null ? 'the level is not sampled' : 'no capacity is known';
    return [HEADINGS, all, [span(` those in a full stall: - (${why})`, 'label')]];
  }
  const slower = times(byStall.overlapping.meanNs, byStall.clear.meanNs);
  return [
    HEADINGS,
    all,
    row('in full stalls', { ...byStall.overlapping, maxNs: null }, slower),
    row('clear of them', { ...byStall.clear, maxNs: null }),
  ];
}

type Figures = RequestShare & { readonly maxNs: number | null };

const LABEL_COLUMNS = 14;
const FIGURE_COLUMNS = 7;
const HEADINGS: Line = [
  span(
    ` ${' '.repeat(LABEL_COLUMNS)}${['count', 'mean', 'p50', 'p99', 'max', 'slower'].map((text) => cell(text, FIGURE_COLUMNS, 'right')).join('')}`,
    'label',
  ),
];

/** By what factor the mean is longer. */
function times(stalledNs: number | null, clearNs: number | null): string {
  return stalledNs === null || clearNs === null || clearNs <= 0 ? '-' : `${(stalledNs / clearNs).toFixed(1)}x`;
}

function absent(scene: Scene, width: number): Line[] {
  return [
    heading(scene.snapshot, width, scene.glyphs),
    ...wrap(requestsState(scene), width - 2).map((text) => [span(` ${text}`, 'label')]),
  ];
}

function heading(snapshot: Snapshot, width: number, glyphs: Glyphs): Line {
  return [span(titleText(titleOf(snapshot), width, glyphs), 'title')];
}

function titleOf(snapshot: Snapshot): string {
  const { requests } = snapshot;
  const { state } = probeStatus(snapshot, 'requests');
  const rate = requests === null || state !== 'running' ? '' : `, ${formatRate(requests.rateHz)}/s`;
  return `requests: ${state === 'failed' ? 'FAILED' : state}${rate}`;
}

/** One sentence: whether service times are measured, and why not. */
export function requestsState({ snapshot, replay }: Scene): string {
  const { state, detail } = probeStatus(snapshot, 'requests');
  if (state === 'failed') return `service times cannot be measured: ${detail ?? 'no reason given'}`;
  if (state === 'starting') return 'the probe set requests is starting';
  if (state === 'running') return 'no request answered yet';
  const why = detail === null ? '' : ` (${detail})`;
  if (replay !== null) return `the service times of requests were not measured${why}`;
  return `n starts measuring the service time of all requests${why}`;
}
