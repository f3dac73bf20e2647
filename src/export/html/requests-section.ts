import type { RequestsView, Snapshot } from '../../model/snapshot.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { bar, duration, share } from './figures.js';
import type { Html } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';

/** What stalls do to requests; null unless the set ran and saw one. */
export function requestsSection({ requests }: Snapshot): Section | null {
  if (requests === null || requests.count === 0) return null;
  return {
    id: 'requests',
    title: 'Requests',
    body: [byStallTable(requests), details('Service times', histogram(requests))],
  };
}

interface Row {
  readonly name: string;
  readonly count: number;
  readonly meanNs: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
}

function byStallTable({ count, meanNs, latency, byStall }: RequestsView): Html {
  const all: Row = {
    name: 'all requests',
    count,
    meanNs,
    p50Ns: latency.p50Ns,
    p99Ns: latency.p99Ns,
    maxNs: latency.maxNs,
  };
  const parts: readonly Row[] =
    byStall === null
      ? []
      : [
          { name: 'in full stalls (estimated)', ...byStall.overlapping, maxNs: null },
          { name: 'clear of them (estimated)', ...byStall.clear, maxNs: null },
        ];
  const clearNs = byStall?.clear.meanNs ?? null;
  return table({
    caption: 'Service times of requests, and of those that overlap a full stall',
    rows: [all, ...parts],
    columns: [
      { header: 'requests', cell: ({ name }) => name },
      { header: 'count', value: (row) => row.count, format: formatCount },
      { header: 'mean', value: (row) => row.meanNs, format: (ns) => duration(ns === null ? null : Math.round(ns)) },
      { header: 'p50', value: (row) => row.p50Ns, format: duration },
      { header: 'p99', value: (row) => row.p99Ns, format: duration },
      { header: 'max', value: (row) => row.maxNs, format: duration },
      {
        header: 'slower',
        value: (row) =>
          row === parts[0] && row.meanNs !== null && clearNs !== null ? share(row.meanNs, clearNs) : null,
        format: (times) => (times === null ? '-' : `${times.toFixed(1)}x`),
        hint: 'mean, as a multiple of those clear of full stalls',
      },
    ],
  });
}

function histogram({ histogram: cells, count }: RequestsView): Html {
  const most = cells.reduce((top, cell) => Math.max(top, cell.count), 0);
  return table({
    caption: 'Requests by service time',
    rows: cells.filter((cell) => cell.count > 0),
    columns: [
      {
        header: 'from',
        value: ({ fromNs }) => fromNs,
        cell: ({ fromNs, toNs }) => `${duration(fromNs)} to ${duration(toNs)}`,
      },
      {
        header: 'requests',
        value: (cell) => cell.count,
        cell: (cell) => [bar(share(cell.count, most), 'is-cpu'), formatCount(cell.count)],
      },
      { header: 'share', value: (cell) => share(cell.count, count), format: formatPercent },
    ],
  });
}
