import { fullStallShare } from '../../diagnosis/words.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatClock, formatCount, formatPercent, formatRate } from '../../text/units.js';
import { describeExit } from '../text-report.js';
import { duration } from './figures.js';
import { type Html, html } from './html.js';
import type { Section } from './section.js';

interface Figure {
  readonly name: string;
  readonly value: string;
  /** Smaller, below it. */
  readonly more: string;
  readonly look?: string;
}

/** The session in a dozen figures. */
export function keyFigures(snapshot: Snapshot): Section {
  const figures = [...programFigures(snapshot), ...faultFigures(snapshot), ...stallFigures(snapshot)];
  return { id: 'figures', title: 'Key figures', body: html`<dl class="figures">${figures.map(figureHtml)}</dl>` };
}

function figureHtml({ name, value, more, look }: Figure): Html {
  return html`<div${look === undefined ? null : html` class="${look}"`}><dt>${name}</dt><dd><b>${value}</b> <small>${more}</small></dd></div>\n`;
}

const RUNTIMES: { readonly [kind in NonNullable<Snapshot['runtime']>['kind']]: string } = {
  go: 'goroutines on Ps',
  node: 'an event loop',
  native: 'threads of the operating system',
};

function programFigures({ target, runtime, window, totals }: Snapshot): Figure[] {
  const { state } = target;
  const end = state.alive
    ? 'still running at the end'
    : state.exit === null
      ? 'until it ended'
      : `until it ${describeExit(state.exit)}`;
  const ended = totals.threadsEnded > 0 ? `, ${formatCount(totals.threadsEnded)} ended` : '';
  return [
    { name: 'Observed', value: formatClock(window.durationNs), more: end },
    {
      name: 'Runtime',
      value: runtime?.version ?? runtime?.kind ?? '-',
      more: runtime === null ? 'not looked at' : RUNTIMES[runtime.kind],
    },
    {
      name: 'Capacity',
      value: String(runtime?.capacity ?? '-'),
      more: runtime?.capacitySource ?? 'threads that can run its code at once',
    },
    { name: 'Threads', value: formatCount(totals.threadsAlive), more: `alive at the end${ended}` },
  ];
}

function faultFigures({ totals, window }: Snapshot): Figure[] {
  const { faultLatency, majorFaults, majorFaultsNoSleep, faultWaitNs } = totals;
  const seconds = window.durationNs / 1e9;
  const sleepless = majorFaultsNoSleep === 0 ? '' : `; ${formatCount(majorFaultsNoSleep)} never slept`;
  return [
    {
      name: 'Major faults',
      value: formatCount(majorFaults),
      more: `${formatRate(seconds > 0 ? majorFaults / seconds : null)}/s on average${sleepless}`,
    },
    { name: 'Fault wait', value: duration(faultWaitNs), more: 'of all threads together' },
    {
      name: 'Fault latency, median',
      value: duration(faultLatency.p50Ns),
      more: `p90 ${duration(faultLatency.p90Ns)}, p99 ${duration(faultLatency.p99Ns)}, max ${duration(faultLatency.maxNs)}`,
    },
  ];
}

function stallFigures({ stalls }: Snapshot): Figure[] {
  if (stalls === null) return [];
  if (stalls.capacity === null) {
    return [{ name: 'Full stalls', value: '-', more: 'no capacity is known: --capacity N tells' }];
  }
  const [longest] = stalls.longest;
  const fullStalls = fullStallShare(stalls);
  return [
    { name: 'Lost parallelism', value: formatPercent(stalls.lostParallelism), more: 'of what could have run at once' },
    {
      name: 'Full stall',
      value: formatPercent(fullStalls),
      more: `of the time; ${formatCount(stalls.fullStalls)} of 1ms or more`,
      ...(fullStalls > 0 ? { look: 'stalled' } : {}),
    },
    {
      name: 'Longest full stall',
      value: duration(longest?.durationNs ?? null),
      more: longest === undefined ? 'none of 1ms or more' : `at ${formatClock(longest.startNs)}`,
      ...(longest === undefined ? {} : { look: 'stalled' }),
    },
  ];
}
