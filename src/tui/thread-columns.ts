import type { ThreadView } from '../model/snapshot.js';
import { formatCount, formatDuration, formatPercent, formatRate } from '../text/units.js';
import type { Glyphs } from './glyphs.js';
import type { Tone } from './styled.js';
import { nowPart, nowText, threadName } from './words.js';

/** One column of the thread table. */
export interface ThreadColumn {
  readonly id: string;
  readonly header: string;
  /** How it is called in "by ...". */
  readonly title: string;
  readonly width: number;
  /** Grows up to this width where there is room. */
  readonly maxWidth?: number;
  readonly align: 'left' | 'right';
  /** Columns with the lowest rank are shown first; the order on the screen is the list's. */
  readonly rank: number;
  readonly tone?: (thread: ThreadView) => Tone;
  /** What rows are sorted by; null goes last either way. */
  readonly sortValue: (thread: ThreadView) => number | string | null;
  readonly format: (thread: ThreadView, glyphs: Glyphs, width: number) => string;
}

export const DEFAULT_SORT = 'fault';

const share = (partNs: number, thread: ThreadView) => (thread.lifetimeNs > 0 ? partNs / thread.lifetimeNs : null);

function duration(
  id: string,
  header: string,
  title: string,
  rank: number,
  valueNs: (thread: ThreadView) => number | null,
): ThreadColumn {
  return {
    id,
    header,
    title,
    width: 6,
    align: 'right',
    rank,
    sortValue: valueNs,
    format: (thread, glyphs) => formatDuration(valueNs(thread), glyphs.micro),
  };
}

function percent(
  id: string,
  header: string,
  title: string,
  rank: number,
  partNs: (thread: ThreadView) => number,
): ThreadColumn {
  const value = (thread: ThreadView) => share(partNs(thread), thread);
  return {
    id,
    header,
    title,
    width: Math.max(4, header.length),
    align: 'right',
    rank,
    sortValue: value,
    format: (thread) => formatPercent(value(thread)),
  };
}

function count(
  id: string,
  header: string,
  title: string,
  rank: number,
  value: (thread: ThreadView) => number | null,
): ThreadColumn {
  return {
    id,
    header,
    title,
    width: Math.max(5, header.length),
    align: 'right',
    rank,
    sortValue: value,
    format: (thread) => formatCount(value(thread)),
  };
}

/** In the order of the screen. Percentages are of the thread's life; latencies are of its major faults. */
export const THREAD_COLUMNS: readonly ThreadColumn[] = [
  {
    id: 'tid',
    header: 'TID',
    title: 'TID',
    width: 7,
    align: 'right',
    rank: 0,
    sortValue: ({ tid }) => tid,
    format: ({ tid }) => String(tid),
  },
  {
    id: 'name',
    header: 'name',
    title: 'name',
    width: 11,
    maxWidth: 16,
    align: 'left',
    rank: 1,
    sortValue: ({ name }) => name,
    format: threadName,
  },
  {
    id: 'now',
    header: 'now',
    title: 'what it does now',
    width: 10,
    maxWidth: 26,
    align: 'left',
    rank: 2,
    tone: ({ now }) => nowPart(now) ?? 'plain',
    sortValue: ({ now }) => nowText(now, 11),
    format: ({ now }, _glyphs, width) => nowText(now, width),
  },
  count('faults', 'majfl', 'major faults', 3, ({ majorFaults }) => majorFaults),
  {
    id: 'rate',
    header: '/s',
    title: 'major faults a second',
    width: 5,
    align: 'right',
    rank: 4,
    sortValue: ({ alive, majorFaultRateHz }) => (alive ? majorFaultRateHz : null),
    format: ({ alive, majorFaultRateHz }) => formatRate(alive ? majorFaultRateHz : null),
  },
  duration('p50', 'p50', 'median fault latency', 5, ({ faultLatency }) => faultLatency.p50Ns),
  duration('p90', 'p90', '90th percentile of fault latency', 20, ({ faultLatency }) => faultLatency.p90Ns),
  duration('p99', 'p99', '99th percentile of fault latency', 6, ({ faultLatency }) => faultLatency.p99Ns),
  duration('max', 'max', 'longest fault', 7, ({ faultLatency }) => faultLatency.maxNs),
  duration('fault-time', 'f.time', 'time in major faults', 14, ({ faultWaitNs }) => faultWaitNs),
  percent('fault', 'fault', 'share of time in major faults', 8, ({ faultWaitNs }) => faultWaitNs),
  percent('fault-other', 'f.oth', 'share of time in other faults', 15, ({ time }) => time['fault-other']),
  percent('runq', 'runq', 'share of time in the run queue', 9, ({ runQueueNs }) => runQueueNs),
  percent('cpu', 'cpu', 'share of time on a CPU', 10, ({ onCpuNs }) => onCpuNs),
  percent('disk', 'disk', 'share of time in block I/O', 11, ({ time }) => time.disk),
  percent('lock', 'lock', 'share of time in locks', 12, ({ time }) => time.lock),
  percent('net', 'net', 'share of time on sockets', 16, ({ time }) => time.net),
  percent('other', 'other', 'share of time in other system calls', 17, ({ time }) => time.other),
  percent('stopped', 'stop', 'share of time stopped', 18, ({ time }) => time.stopped),
  percent('idle', 'idle', 'share of time idle', 13, ({ time }) => time.poll + time.sleep + time.parked),
  duration('lived', 'lived', 'lifetime', 19, ({ lifetimeNs }) => lifetimeNs),
  count('nosleep', 'nosleep', 'faults that never slept', 22, ({ majorFaultsNoSleep }) => majorFaultsNoSleep),
  count('kernel', 'kernel', "the kernel's own count", 21, ({ kernelMajorFaults }) => kernelMajorFaults),
  count('user', 'allflt', 'page faults of all kinds (exact)', 23, ({ userFaults }) => userFaults),
  {
    id: 'residue',
    header: 'residue',
    title: 'time the account cannot explain',
    width: 7,
    align: 'right',
    rank: 24,
    sortValue: ({ residueNs }) => Math.abs(residueNs),
    format: ({ residueNs }, glyphs) => formatDuration(residueNs, glyphs.micro),
  },
];

export interface FittedColumn {
  readonly column: ThreadColumn;
  readonly width: number;
}

/** The columns that fit in `width` with one blank between them; room left over goes to those that can grow. */
export function fitColumns(width: number, columns: readonly ThreadColumn[] = THREAD_COLUMNS): FittedColumn[] {
  const taken = new Set<string>();
  let used = -1;
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    if (used + 1 + column.width > width) break;
    used += 1 + column.width;
    taken.add(column.id);
  }
  let spare = width - used;
  return columns
    .filter(({ id }) => taken.has(id))
    .map((column) => {
      const extra = Math.min(spare, (column.maxWidth ?? column.width) - column.width);
      spare -= extra;
      return { column, width: column.width + extra };
    });
}
