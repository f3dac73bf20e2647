import { html } from './html.js';

/**
 * What fills the parts of a thread's time beside their colours, for those who cannot tell these apart, and for paper. Lanes
 * are stretched to the room there is, so they have patterns that are stretched back; the page's script keeps these right.
 */
export const PATTERNS = html`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
${(
  [
    ['fault-other', 'M0 6L6 0M-1 1L1 -1M5 7L7 5'],
    ['runQueue', 'M1 1h2v2h-2zM4 4h2v2h-2z'],
    ['disk', 'M0 0L6 6M5 -1L7 1M-1 5L1 7'],
    ['lock', 'M0 0L6 6M0 6L6 0'],
    ['net', 'M0 3H6'],
    ['other', 'M3 0V6'],
    ['stopped', 'M0 3H6M3 0V6'],
    ['stolen', 'M0 1.5H6M0 4.5H6'],
  ] as const
).map(
  ([part, lines]) =>
    html`<pattern id="pattern-${part}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="base-${part}"/><path class="hatch" d="${lines}"/></pattern><pattern id="lane-${part}" href="#pattern-${part}" patternTransform="scale(10 2)"/>`,
)}
</defs></svg>
`;
