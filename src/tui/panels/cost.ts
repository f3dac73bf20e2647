import type { CostView, SetCostView } from '../../model/cost-view.js';
import { cell } from '../../text/cell.js';
import { formatBytes, formatClock, formatSmallShare } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { field, type Line, span } from '../styled.js';

/** What looking on costs: all in all, by probe set, and what the governor has done about it. */
export function costLines(cost: CostView | null, width: number, glyphs: Glyphs): Line[] {
  const title: Line = [span(titleText('what looking on costs, of one core, last 10s', width, glyphs), 'title')];
  if (cost === null) return [title, [span(' - (not metered yet, or recorded before it was)', 'label')]];
  return [title, ...totalLines(cost), ...cost.sets.map(setLine), ...governed(cost)];
}

function totalLines({ recent, memory, metering, pace }: CostView): Line[] {
  const share = (fraction: number | null | undefined) => formatSmallShare(fraction ?? null);
  return [
    [
      ...field(' total', share(recent?.total)),
      ...field('  budget', recent !== null && recent.budget === null ? 'off' : share(recent?.budget)),
      ...field(`  programs${metering === 'sampled' ? ' (estimated)' : ''}`, share(recent?.programs)),
      ...field('  bpftrace', share(recent?.bpftrace)),
      ...field('  faultscope', share(recent?.own)),
    ],
    [
      ...field(' target', share(recent?.target)),
      ...field('  memory: faultscope', formatBytes(memory.ownBytes)),
      ...field('  bpftrace', formatBytes(memory.bpftraceBytes)),
      ...field('  kernel', formatBytes(memory.kernelBytes)),
      ...(pace === 1 ? [] : field('  one reading in', String(pace), 'warning')),
    ],
  ];
}

function setLine({ set, recent, memoryBytes, kernelBytes }: SetCostView): Line {
  return [
    span(` ${cell(set, 10)}`, 'label'),
    span(cell(formatSmallShare(recent), 6, 'right')),
    ...field('  bpftrace', formatBytes(memoryBytes).padStart(7)),
    ...field('  kernel', formatBytes(kernelBytes).padStart(7)),
  ];
}

const KEPT_ON_SCREEN = 5;

function governed({ decisions }: CostView): Line[] {
  return decisions
    .slice(-KEPT_ON_SCREEN)
    .map(({ atNs, did, set, pace, costFraction, budgetFraction }) => [
      span(` at ${formatClock(atNs)} `, 'label'),
      span(
        set === null
          ? `${did}${did === 'slowed' || did === 'quickened' ? `, one reading in ${pace}` : ''}`
          : `${set} ${did}`,
        'warning',
      ),
      span(`: ${formatSmallShare(costFraction)} of a budget of ${formatSmallShare(budgetFraction)}`, 'label'),
    ]);
}
