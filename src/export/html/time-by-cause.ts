import { isIdle, type TimePart } from '../../model/cause.js';
import { PART_ORDER, PART_WORDS } from '../../model/part-words.js';
import type { Snapshot, ThreadView } from '../../model/snapshot.js';
import { sumOf } from '../../model/time-split.js';
import { formatCount, formatPercent } from '../../text/units.js';
import { bar, duration, share } from './figures.js';
import { html } from './html.js';
import { details, type Section } from './section.js';
import { table } from './table.js';

/** Where the threads' time went, all together. */
export function timeByCause(snapshot: Snapshot): Section {
  const { time, idleNs } = snapshot.totals;
  const allNs = sumOf(time);
  const busyNs = allNs - idleNs;
  const rows = PART_ORDER.filter((part) => time[part] !== 0).map((part) => ({ part, ns: time[part] }));
  return {
    id: 'causes',
    title: 'Time by cause',
    body: [
      html`<p>The threads together lived for ${duration(allNs)}; ${duration(idleNs)} of it (${formatPercent(share(idleNs, allNs))}) they had nothing to do.</p>`,
      table({
        caption: 'What the threads spent their time on',
        rows,
        columns: [
          {
            header: 'cause',
            cell: ({ part }) => [
              bar(isIdle(part) ? 0 : share(time[part], busyNs), lookOf(part)),
              PART_WORDS[part].name,
            ],
          },
          { header: 'time', value: ({ ns }) => ns, format: duration },
          {
            header: 'share',
            value: ({ ns }) => share(ns, allNs),
            format: formatPercent,
            hint: 'of the time of all threads',
          },
          {
            header: 'idle aside',
            value: ({ part, ns }) => (isIdle(part) ? null : share(ns, busyNs)),
            format: formatPercent,
            hint: 'share of the time in which they had something to do',
          },
          { header: 'what it is', cell: ({ part }) => PART_WORDS[part].meaning },
        ],
      }),
      details('Waits by cause and system call', waitTable(snapshot.threads)),
    ],
  };
}

/** The class that fills what stands for a part of the time. */
export function lookOf(part: TimePart): string {
  return `p-${part}`;
}

const WAITS = 40;

interface WaitSum {
  readonly part: TimePart;
  readonly syscall: string | null;
  readonly word: string | null;
  count: number;
  totalNs: number;
  maxNs: number;
}

function waitTable(threads: readonly ThreadView[]) {
  const sums = new Map<string, WaitSum>();
  for (const { waits } of threads) {
    for (const { cause, syscall, runtimeWord, count, totalNs, maxNs } of waits) {
      const key = `${cause} ${syscall} ${runtimeWord}`;
      const sum = sums.get(key) ?? { part: cause, syscall, word: runtimeWord, count: 0, totalNs: 0, maxNs: 0 };
      sums.set(key, sum);
      sum.count += count;
      sum.totalNs += totalNs;
      sum.maxNs = Math.max(sum.maxNs, maxNs);
    }
  }
  return table({
    caption: 'Waits of the threads that are listed, by cause and system call, longest total first',
    rows: [...sums.values()].sort((a, b) => b.totalNs - a.totalNs),
    limit: WAITS,
    columns: [
      { header: 'cause', cell: ({ part }) => PART_WORDS[part].name },
      { header: 'system call', cell: ({ syscall }) => syscall ?? '-' },
      { header: "the runtime's word", cell: ({ word }) => word ?? '-' },
      { header: 'waits', value: ({ count }) => count, format: formatCount },
      { header: 'total', value: ({ totalNs }) => totalNs, format: duration },
      {
        header: 'mean',
        value: ({ totalNs, count }) => share(totalNs, count),
        format: (ns) => duration(ns === null ? null : Math.round(ns)),
      },
      { header: 'longest', value: ({ maxNs }) => maxNs, format: duration },
    ],
  });
}
