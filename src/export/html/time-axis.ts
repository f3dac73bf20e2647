import { formatClock } from '../../text/units.js';
import { type Html, html } from './html.js';

/** Width of every chart over time, in its own units: all of the session. The page's script zooms by showing a part of it. */
export const TIME_UNITS = 10_000;

/** Places on the axis of a session that lasted `durationNs`. */
export function timeScale(durationNs: number): (atNs: number) => number {
  return (atNs) => Math.round((Math.max(0, Math.min(atNs, durationNs)) / Math.max(1, durationNs)) * TIME_UNITS);
}

const LABELS = 5;

/** The clock below the charts; the page's script keeps it right when zoomed. */
export function timeAxis(durationNs: number): Html {
  const labels = Array.from({ length: LABELS }, (_, index) => (durationNs * index) / (LABELS - 1));
  return html`<div class="axis" aria-hidden="true">${labels.map((ns) => html`<span>${formatClock(ns)}</span>`)}</div>`;
}

/** Buttons for those who neither drag nor turn wheels; without the script there is nothing to press. */
export function timeControls(what: string): Html {
  const button = (action: string, label: string, text: string): Html =>
    html`<button type="button" data-zoom="${action}" aria-label="${label}, ${what}">${text}</button>`;
  return html`<div class="controls" hidden>
${button('in', 'Zoom in', '+')}${button('out', 'Zoom out', '−')}${button('left', 'Earlier', '◀')}${button('right', 'Later', '▶')}${button('reset', 'Reset', 'Reset')}
<output class="span"></output></div>`;
}
