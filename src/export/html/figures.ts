import { formatClock, formatDuration } from '../../text/units.js';
import { type Html, html } from './html.js';

/** "1.2ms"; "-" where it is not known. */
export function duration(ns: number | null): string {
  return formatDuration(ns, 'µs');
}

/** "00:37.120": where a second is too coarse. */
export function clockMs(sinceStartNs: number): string {
  return `${formatClock(sinceStartNs)}.${String(Math.floor(sinceStartNs / 1e6) % 1000).padStart(3, '0')}`;
}

/** Null where there is nothing to take a share of. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** A bar beside a figure that says the same; `look` is a class that fills it. */
export function bar(fraction: number | null, look: string): Html {
  const width = Math.round(Math.max(0, Math.min(1, fraction ?? 0)) * 1000) / 10;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="10" class="${look}"/></svg>`;
}
