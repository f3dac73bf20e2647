import type { Diagnosis } from '../diagnosis/finding.js';
import type { Quality, Snapshot, TargetExit, ThreadView } from '../model/snapshot.js';
import { cell } from '../text/cell.js';
import { safeText } from '../text/safe.js';
import { targetName } from '../text/target-name.js';
import { formatClock, formatCount, formatDuration, formatPercent } from '../text/units.js';
import { costWords } from './cost-words.js';
import { fileLines } from './report-files.js';
import { paragraph, shortParagraph } from './report-lines.js';
import { pageCacheLines } from './report-page-cache.js';
import { programLines } from './report-program.js';
import { stackLines } from './report-stacks.js';
import { verdictLines, whatIfLines } from './report-verdict.js';

const THREADS = 5;
const NOTES = 3;
/** However much there is to tell, with every probe set on: what means least stands last. */
const LINES = 60;
/** Share of the faults. */
const MANY_SLEEPLESS = 0.1;

/**
 * The session for a terminal, after the screen has closed: what it means first; at most 60 lines under 80 columns.
 * `warnings` say how far the recording can be trusted that it comes from.
 */
export function renderReport(snapshot: Snapshot, diagnosis: Diagnosis, warnings: readonly string[] = []): string {
  const lines = [
    ...headLines(snapshot),
    ...warningLines(warnings),
    ...verdictLines(diagnosis),
    ...programLines(snapshot),
    ...pageCacheLines(snapshot.pageCache),
    ...whatIfLines(diagnosis.whatIf),
    ...faultLines(snapshot),
    ...stackLines(snapshot),
    ...fileLines(snapshot),
    ...noteLines(snapshot.quality),
    ...threadLines(snapshot.threads),
  ];
  const shown = lines.length <= LINES ? lines : [...lines.slice(0, LINES - 1), '... the summary has the rest'];
  return `${shown.join('\n')}\n`;
}

function headLines(snapshot: Snapshot): string[] {
  const { target, window, runtime } = snapshot;
  const version = runtime?.version ?? null;
  const name = `${targetName(target)}${version === null ? '' : ` (${version})`}`;
  return shortParagraph('', `${name} observed for ${formatClock(window.durationNs)}${ending(snapshot)}`, 2);
}

/** The last one tells of the end. */
function warningLines(warnings: readonly string[]): string[] {
  const earlier = warnings.length - NOTES;
  return [
    ...warnings.slice(-NOTES).flatMap((warning) => paragraph('warning  ', `the recording: ${warning}`)),
    ...(earlier > 0 ? [`         and ${earlier} more warnings of this kind`] : []),
  ];
}

function ending({ target }: Snapshot): string {
  if (target.state.alive) return '';
  return target.state.exit === null ? ', until it ended' : `, until it ${describeExit(target.state.exit)}`;
}

/** "ended with code 3", "was killed by SIGKILL". */
export function describeExit({ code, signal }: TargetExit): string {
  return signal === null ? `ended with code ${code ?? '-'}` : `was killed by ${signal}`;
}

function faultLines({ totals, quality, cost }: Snapshot): string[] {
  const { p50Ns, p99Ns, maxNs } = totals.faultLatency;
  const { coverage, lostEvents, droppedRecords } = quality;
  const latency = `p50 ${formatDuration(p50Ns)}, p99 ${formatDuration(p99Ns)}, max ${formatDuration(maxNs)}`;
  const blocked = `threads were blocked in them for ${formatDuration(totals.faultWaitNs)}${neverSlept(totals)}`;
  return [
    ...paragraph('faults   ', `${formatCount(totals.majorFaults)} major faults, ${latency}; ${blocked}`),
    ...paragraph(
      'coverage ',
      `${formatPercent(coverage.fraction)} of the kernel's count, lost ${lostEvents + droppedRecords}`,
    ),
    ...(cost === null ? [] : paragraph('cost     ', costWords(cost))),
  ];
}

/** Of these there is no latency: where they are many, what stands before is not all. */
function neverSlept({ majorFaults, majorFaultsNoSleep }: Snapshot['totals']): string {
  if (majorFaultsNoSleep < MANY_SLEEPLESS * majorFaults || majorFaultsNoSleep === 0) return '';
  return `; ${formatPercent(majorFaultsNoSleep / majorFaults)} never slept (swap in memory, or just read): CPU time, and in none of these figures`;
}

function noteLines({ notes }: Quality): string[] {
  const earlier = notes.length - NOTES;
  return [
    ...(earlier > 0 ? [`  ${earlier} earlier notes are in the summary`] : []),
    ...notes.slice(-NOTES).flatMap(({ atNs, text }) => shortParagraph(`  at ${formatClock(atNs)}: `, text, 2)),
  ];
}

function threadLines(threads: readonly ThreadView[]): string[] {
  const faulting = threads.filter((thread) => thread.majorFaults > 0).sort((a, b) => b.faultWaitNs - a.faultWaitNs);
  if (faulting.length === 0) return [];
  return [
    '    TID  name              faults    p50    p99    max  fault  runq   cpu',
    ...faulting.slice(0, THREADS).map(threadLine),
    ...(faulting.length > THREADS ? [`  and ${faulting.length - THREADS} more threads with major faults`] : []),
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
