import { startName } from '../../diagnosis/words.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatPercent, formatRate } from '../../text/units.js';
import { duration, share } from './figures.js';
import { html } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';

const LISTED = 40;

/** Whose goroutines the faults were; null where that cannot be told. */
export function goroutinesSection({ goroutines, runtime }: Snapshot): Section | null {
  if (goroutines === null) return null;
  const { functions, top, seen } = goroutines;
  const allNs = functions.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, 0);
  return {
    id: 'goroutines',
    title: 'Goroutines',
    body: [
      runtime === null ? null : html`<p class="note">${runtime.goroutineDetail}</p>`,
      table({
        caption: 'Start functions by the fault time of their goroutines (exact)',
        rows: functions,
        limit: LISTED,
        columns: [
          { header: 'start function', cell: startName },
          { header: 'major faults', value: ({ majorFaults }) => majorFaults, format: formatCount },
          { header: 'fault time', value: ({ faultWaitNs }) => faultWaitNs, format: duration },
          { header: 'share', value: ({ faultWaitNs }) => share(faultWaitNs, allNs), format: formatPercent },
          { header: 'max', value: ({ majorFaults, maxNs }) => (majorFaults > 0 ? maxNs : null), format: duration },
          {
            header: 'held P',
            value: ({ holdingWaitNs, faultWaitNs }) => share(holdingWaitNs, faultWaitNs),
            format: formatPercent,
            hint: 'share of the fault time in which the goroutine kept its P from others',
          },
          {
            header: 'active',
            value: ({ census }) => census?.active ?? null,
            format: formatRate,
            hint: 'goroutines of the function able to run at one moment, on average',
          },
          { header: 'waiting', value: ({ census }) => census?.waiting ?? null, format: formatRate },
        ],
      }),
      details(
        'Single goroutines',
        table({
          caption: `Single goroutines with most fault time, estimated from single faults: ${top.length} of ${formatCount(seen)} seen`,
          rows: top,
          limit: LISTED,
          columns: [
            { header: 'goroutine', cell: ({ goid }) => String(goid) },
            { header: 'start function', cell: ({ start }) => start ?? '-' },
            { header: 'major faults', value: ({ majorFaults }) => majorFaults, format: formatCount },
            { header: 'fault time', value: ({ faultWaitNs }) => faultWaitNs, format: duration },
            { header: 'held P', value: ({ holdingFraction }) => holdingFraction, format: formatPercent },
          ],
        }),
      ),
    ],
  };
}
