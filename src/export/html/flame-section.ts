import { shortFunction } from '../../diagnosis/words.js';
import { FlameTree } from '../../model/flame-tree.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { FrameView, StacksView } from '../../model/stacks-view.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { duration, share } from './figures.js';
import { type FlameFrame, flameFrames, SHOWN_FRAMES } from './flame-frames.js';
import { type Html, html, type Piece } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';

const ROW_PX = 18;
const FUNCTIONS = 40;

type Kind = 'faults' | 'offCpu';

const KINDS: { readonly [kind in Kind]: { readonly id: string; readonly title: string; readonly what: string } } = {
  faults: { id: 'fault-flames', title: 'Code in major faults', what: 'major faults' },
  offCpu: { id: 'off-cpu-flames', title: 'Code off the CPU', what: 'waits' },
};

/** The code that faults were taken in, and that threads waited in; none unless the set ran. */
export function flameSections({ stacks }: Snapshot): Section[] {
  if (stacks === null) return [];
  return (['faults', 'offCpu'] as const).flatMap((kind) => flameSection(stacks, kind) ?? []);
}

function flameSection(view: StacksView, kind: Kind): Section | null {
  const { count, totalNs, withoutStack } = view[kind];
  if (count === 0) return null;
  const { id, title, what } = KINDS[kind];
  // Faults that never sleep have no time: then it is their number that is drawn.
  const by = totalNs > 0 ? 'time' : 'count';
  const tree = new FlameTree(view, { of: kind, by, outer: 'functions', reversed: false, showIdle: false });
  const frames = flameFrames(tree);
  const aside = tree.aside.totalNs > 0 ? ` Idle waits are set aside: ${duration(tree.aside.totalNs)}.` : '';
  const without = withoutStack > 0 ? ` ${formatPercent(withoutStack / count)} of them are without a stack.` : '';
  return {
    id,
    title,
    body: [
      html`<p>${formatCount(count)} ${what} in ${duration(totalNs)}, by ${by === 'time' ? 'time' : 'number'}; the outermost function is on top, what it calls hangs below it.${aside}${without}</p>`,
      frames.length <= 1
        ? html`<p class="none">Nothing but idle waits.</p>`
        : flameHtml(frames, view, { id, title, what }),
      functionTable(view, kind, what),
    ],
  };
}

function flameHtml(
  frames: readonly FlameFrame[],
  view: StacksView,
  { id, title, what }: { id: string; title: string; what: string },
): Piece {
  const rows = frames.reduce((most, { depth }) => Math.max(most, depth + 1), 0);
  const label = `${title}: flame graph of ${what}. The table below has the functions with most time.`;
  return html`<div class="controls flame-controls" hidden data-flame-of="${id}-graph">
<label>Search <input type="search" autocomplete="off" spellcheck="false" data-flame-search></label>
<button type="button" data-flame-reset>Reset zoom</button> <output></output></div>
<div class="flame-box"><svg class="flame" id="${id}-graph" height="${rows * ROW_PX}" role="img" aria-label="${label}">
${frames.map((frame) => frameHtml(frame, view.frames))}</svg></div>
<p class="note">Frames of the kernel end in _[k]. Those narrower than a two-thousandth are not drawn${frames.length < SHOWN_FRAMES ? '' : `, nor those beyond the ${SHOWN_FRAMES} widest`}.</p>
`;
}

function frameHtml({ node, from, width, depth, ownShare }: FlameFrame, frames: readonly FrameView[]): Html {
  const percent = (fraction: number): string => `${Math.round(fraction * 100_000) / 1000}%`;
  const module = frames[node.place]?.module ?? null;
  const where = module === null ? '' : ` (${module})`;
  const mean = duration(node.count > 0 ? Math.round(node.totalNs / node.count) : null);
  const text = `${node.label}${where}: ${formatPercent(width)} of all, ${formatPercent(ownShare)} itself, ${duration(node.totalNs)} in ${formatCount(node.count)}, mean ${mean}`;
  return html`<svg x="${percent(from)}" y="${depth * ROW_PX}" width="${percent(width)}" height="${ROW_PX - 1}" class="${lookOf(node.frame)}"><title>${text}</title><rect width="100%" height="100%"/><text x="3" y="13">${shortFunction(node.label)}</text></svg>
`;
}

function lookOf(frame: FrameView | null): string {
  if (frame === null) return 'f-all';
  return frame.kernel ? 'f-kernel' : 'f-user';
}

interface FunctionSum {
  readonly frame: FrameView;
  ownNs: number;
  totalNs: number;
  count: number;
}

/** What the graph says, as a table: each function once, however often it is in a stack. */
function functionTable(view: StacksView, kind: Kind, what: string): Html {
  const sums = new Map<number, FunctionSum>();
  const { stacks, totalNs: allNs, count: all } = view[kind];
  for (const { frames, count, totalNs } of stacks) {
    for (const place of new Set(frames)) {
      const frame = view.frames[place];
      if (frame === undefined) continue;
      const sum = sums.get(place) ?? { frame, ownNs: 0, totalNs: 0, count: 0 };
      sums.set(place, sum);
      sum.totalNs += totalNs;
      sum.count += count;
      if (frames.at(-1) === place) sum.ownNs += totalNs;
    }
  }
  return details(
    'The functions as a table',
    table({
      caption: `Functions by the time of ${what} in them and in what they call${kind === 'offCpu' ? ', idle waits too' : ''}`,
      rows: [...sums.values()].sort((a, b) => b.totalNs - a.totalNs || b.count - a.count),
      limit: FUNCTIONS,
      columns: [
        {
          header: 'function',
          cell: ({ frame }) => html`<span class="path">${frame.label}${frame.kernel ? '_[k]' : ''}</span>`,
        },
        { header: 'module', cell: ({ frame }) => frame.module ?? '-' },
        {
          header: 'share',
          value: ({ totalNs, count }) => (allNs > 0 ? share(totalNs, allNs) : share(count, all)),
          format: formatPercent,
        },
        { header: 'time', value: ({ totalNs }) => totalNs, format: duration },
        { header: 'itself', value: ({ ownNs }) => ownNs, format: duration },
        { header: 'number', value: ({ count }) => count, format: formatCount },
      ],
    }),
  );
}
