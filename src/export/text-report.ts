import type { Snapshot, TargetExit, ThreadView } from '../model/snapshot.js';
import { cell } from '../text/cell.js';
import { safeText } from '../text/safe.js';
import { formatClock, formatCount, formatDuration, formatPercent } from '../text/units.js';

const ROWS = 10;

/** The session in a few lines for a terminal, after the screen has closed; under 80 columns. */
export function renderReport(snapshot: Snapshot): string {
  const { target, window, totals, quality } = snapshot;
  const lines = [
    `${safeText(target.comm)}[${target.pid}] observed for ${formatClock(window.durationNs)}${ending(snapshot)}`,
    `major faults ${formatCount(totals.majorFaults)}, p50 ${formatDuration(totals.faultLatency.p50Ns)}, ` +
      `p99 ${formatDuration(totals.faultLatency.p99Ns)}, max ${formatDuration(totals.faultLatency.maxNs)}; ` +
      `threads were blocked in them for ${formatDuration(totals.faultWaitNs)}`,
    `coverage ${formatPercent(quality.coverage.fraction)} of the kernel's count, lost ${quality.lostEvents + quality.droppedRecords}`,
    ...quality.notes.map(({ atNs, text }) => `  at ${formatClock(atNs)}: ${safeText(text)}`),
    ...threadLines(snapshot.threads),
  ];
  return `${lines.join('\n')}\n`;
}

function ending({ target }: Snapshot): string {
  if (target.state.alive) return '';
  return target.state.exit === null ? ', until it ended' : `, until it ${describeExit(target.state.exit)}`;
}

/** "ended with code 3", "was killed by SIGKILL". */
export function describeExit({ code, signal }: TargetExit): string {
  return signal === null ? `ended with code ${code ?? '-'}` : `was killed by ${signal}`;
}

function threadLines(threads: readonly ThreadView[]): string[] {
  const faulting = threads.filter((thread) => thread.majorFaults > 0).sort((a, b) => b.faultWaitNs - a.faultWaitNs);
  if (faulting.length === 0) return [];
  return [
    '    TID  name              faults    p50    p99    max  fault  runq   cpu',
    ...faulting.slice(0, ROWS).map(threadLine),
    ...(faulting.length > ROWS ? [`  and ${faulting.length - ROWS} more threads with major faults`] : []),
  ];
}

function threadLine(thread: ThreadView): string {
  const share = (ns: number): string =>
    cell(formatPercent(thread.lifetimeNs === 0 ? null : ns / thread.lifetimeNs), 5, 'right');
  const { p50Ns, p99Ns, maxNs } = thread.faultLatency;
  return [
    cell(String(thread.tid), 7, 'right'),
    ` ${cell(safeText(thread.name ?? '-'), 16)}`,
    cell(formatCount(thread.majorFaults), 6, 'right'),
    ...[p50Ns, p99Ns, maxNs].map((ns) => cell(formatDuration(ns), 6, 'right')),
    share(thread.faultWaitNs),
    share(thread.runQueueNs),
    share(thread.onCpuNs),
  ].join(' ');
}
