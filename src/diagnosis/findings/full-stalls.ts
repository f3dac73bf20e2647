import type { GoroutineFunction, RequestsView, Snapshot, StallsView } from '../../model/snapshot.js';
import type { RuntimeFacts } from '../../record/record.js';
import { formatClock, formatCount, formatDuration, formatPercent } from '../../text/units.js';
import type { Finding, WhatIf } from '../finding.js';
import { stallRemedies } from '../stall-remedies.js';
import { recentStallShare, stallsMatter } from '../weight-of-faults.js';
import { STALL_GOAL } from '../what-if.js';
import { allWhoRun, counted, fullStallShare, startName } from '../words.js';

/** Beyond ten seconds "of late" is not the whole session, and is told apart from it. */
const LATELY_IS_LESS_NS = 15e9;
const NAMED_FUNCTIONS = 3;
/** Functions with less of the fault time on a P are not the cause. */
const LEAST_SHARE = 0.05;

/** As many threads as can run are stuck in page faults at once: the program stands still. */
export function fullStalls(snapshot: Snapshot, whatIf: WhatIf | null): Finding | null {
  const { stalls } = snapshot;
  if (stalls === null || stalls.capacity === null || !stallsMatter(snapshot)) return null;
  const kind = snapshot.runtime?.kind ?? 'native';
  return {
    id: 'full-stalls',
    severity: isOver(snapshot) ? 'note' : 'stall',
    title: title(snapshot, kind, stalls.capacity),
    evidence: [
      ...howOften(stalls),
      ...lately(snapshot),
      ...whoHeld(snapshot.goroutines?.functions ?? []),
      ...whoWasSlower(snapshot.requests),
    ],
    confidence: 'high',
    remedies: stallRemedies(snapshot, kind, whatIf),
  };
}

function title(snapshot: Snapshot, kind: RuntimeFacts['kind'], capacity: number): string {
  const overall = fullStallShare(snapshot.stalls);
  const recent = recentStallShare(snapshot);
  const when =
    overall < STALL_GOAL
      ? `${formatPercent(recent)} of the last 10s`
      : `${formatPercent(overall)} of the time${isOver(snapshot) ? ', but not of late' : ''}`;
  return `${allWhoRun(kind, capacity)} stuck in major faults ${when}: nothing in this program ran.`;
}

/** It was so, and is no more. */
function isOver(snapshot: Snapshot): boolean {
  const { stalls, window } = snapshot;
  const lately = stalls?.recentFullFraction ?? null;
  return window.durationNs >= LATELY_IS_LESS_NS && lately !== null && lately < STALL_GOAL;
}

function howOften({ capacity, fullNs, sampledNs, fullStalls, longest, lostParallelism }: StallsView): string[] {
  const [worst] = longest;
  return [
    `Full stalls took ${formatDuration(fullNs)} of ${formatDuration(sampledNs)}; ${counted(fullStalls, 'full stall', formatCount(fullStalls))} lasted 1ms or more.`,
    ...(worst === undefined
      ? []
      : [`The longest lasted ${formatDuration(worst.durationNs)}, at ${formatClock(worst.startNs)}${stuck(worst)}.`]),
    ...(lostParallelism === null || capacity === 1
      ? []
      : [`Counting partial stalls, ${formatPercent(lostParallelism)} of what it could run at once was lost.`]),
  ];
}

function stuck({ threads }: StallsView['longest'][number]): string {
  if (threads === null || threads.length === 0) return '';
  const named = threads.slice(0, 4).map(({ tid, name }) => (name === null ? String(tid) : `${name} (${tid})`));
  const more = threads.length > named.length ? ` and ${threads.length - named.length} more` : '';
  return `, with ${named.join(', ')}${more} in it`;
}

function lately(snapshot: Snapshot): string[] {
  const { stalls, window } = snapshot;
  if (window.durationNs < LATELY_IS_LESS_NS || stalls === null || stalls.recentFullFraction === null) return [];
  return [`In the last 10s it was ${formatPercent(stalls.recentFullFraction)}.`];
}

function whoHeld(functions: readonly GoroutineFunction[]): string[] {
  const totalNs = functions.reduce((sum, one) => sum + one.holdingWaitNs, 0);
  if (totalNs === 0) return [];
  const named = functions
    .filter((one) => one.holdingWaitNs >= LEAST_SHARE * totalNs)
    .sort((a, b) => b.holdingWaitNs - a.holdingWaitNs)
    .slice(0, NAMED_FUNCTIONS)
    .map((one) => `${startName(one)} ${formatPercent(one.holdingWaitNs / totalNs)}`);
  return [
    `Goroutines held a P in faults for ${formatDuration(totalNs)} of thread time; they were started as: ${named.join(', ')}.`,
  ];
}

function whoWasSlower(requests: RequestsView | null): string[] {
  const { overlapping, clear } = requests?.byStall ?? { overlapping: null, clear: null };
  if (overlapping === null || clear === null || overlapping.meanNs === null || clear.meanNs === null) return [];
  return [
    `Requests that met a full stall took ${formatDuration(overlapping.meanNs)} on average, the others ${formatDuration(clear.meanNs)}.`,
  ];
}
