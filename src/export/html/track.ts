import type { HistoryPoint } from '../../model/snapshot.js';
import { scaleTop } from '../../text/scale.js';
import { type Html, html } from './html.js';
import type { TrackData } from './page/page-data.js';
import { areaPath, CHART_HEIGHT, linePath, type Step } from './step-path.js';
import { TIME_UNITS } from './time-axis.js';

/** One quantity over time. */
export interface Track {
  readonly title: string;
  /** Class that fills it. */
  readonly look: string;
  readonly read: (point: HistoryPoint) => number | null;
  readonly format: (value: number | null) => string;
  /** Top of the scale; otherwise it fits what there is. */
  readonly top?: number;
  /** A value worth a line across, with what it is. */
  readonly line?: { readonly value: number; readonly name: string };
  /** What it came to over the session, in words. */
  readonly figure: string;
}

export function trackData({ title, read, format }: Track, history: readonly HistoryPoint[]): TrackData {
  return { title, texts: history.map((point) => format(read(point))) };
}

export function trackHtml(track: Track, history: readonly HistoryPoint[], x: (atNs: number) => number): Html {
  const { title, look, format, line, figure } = track;
  const steps = history.map(
    (point): Step => ({
      from: x(point.atNs - point.durationNs),
      to: x(point.atNs),
      value: track.read(point),
    }),
  );
  const highest = steps.reduce((most, { value }) => Math.max(most, value ?? 0), line?.value ?? 0);
  const top = track.top ?? topOf(highest);
  const lineText = line === undefined ? '' : ` The line is ${line.name}.`;
  const label = `${title} over time: ${figure}; highest ${format(highestOf(steps))}.${lineText}`;
  return html`<div class="track"><div class="label"><b>${title}</b> <span>${figure}</span></div>
<div class="plot"><svg data-time viewBox="0 0 ${TIME_UNITS} ${CHART_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}"><path class="${look}" d="${areaPath(steps, top)}"/>${line === undefined ? null : html`<path class="limit" d="${linePath(line.value, top)}"/>`}</svg>
<span class="top" aria-hidden="true">${format(top)}</span></div></div>
`;
}

/** Below one thread, request or CPU a scale of ones would leave the chart empty. */
function topOf(highest: number): number {
  return highest > 1 ? scaleTop(highest) : Math.max(0.1, Math.ceil(highest * 10) / 10);
}

function highestOf(steps: readonly Step[]): number | null {
  const values = steps.flatMap(({ value }) => value ?? []);
  return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
}
