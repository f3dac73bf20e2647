import type { Snapshot } from '../model/snapshot.js';
import { OPTIONAL_SETS } from '../record/record.js';
import { formatCount, formatPercent, formatRate } from '../text/units.js';
import type { Comparison } from './comparison.js';
import { LEAST_SESSION_NS } from './figure.js';
import { hasRun } from './sets.js';

const FULL_COVERAGE = 0.95;
const FEW_LATE = 0.01;

/** In which ways the two are not like with like, and what was not seen; one sentence each. They hold outside strings. */
export function notesOf(before: Snapshot, after: Snapshot, comparisons: readonly Comparison[]): string[] {
  return [
    ...differences(before, after),
    ...otherLoad(comparisons),
    ...shortcomings('before', before),
    ...shortcomings('after', after),
  ];
}

function differences(before: Snapshot, after: Snapshot): string[] {
  const program = ({ target }: Snapshot): string => target.exe ?? target.comm;
  const runtime = ({ runtime: facts }: Snapshot): string =>
    facts === null ? 'not known' : [facts.kind, facts.version].filter((word) => word !== null).join(' ');
  const capacity = (snapshot: Snapshot): string => String(snapshot.stalls?.capacity ?? 'not known');
  const host = ({ host: facts }: Snapshot): string => `${facts.arch}, ${facts.cpus} CPUs`;
  const sets = (snapshot: Snapshot): string =>
    OPTIONAL_SETS.filter((set) => hasRun(snapshot, set)).join(', ') || 'none';
  return [
    ...order(before, after),
    ...unlike('the programs differ', before, after, program),
    ...unlike('the runtimes differ', before, after, runtime),
    ...unlike('the capacities differ', before, after, capacity),
    ...unlike('the hosts differ', before, after, host),
    ...unlike('the kernels differ', before, after, (snapshot) => snapshot.host.kernel),
    ...unlike('other optional probe sets ran', before, after, sets),
    ...unlike('other versions of faultscope watched', before, after, (snapshot) => snapshot.tool.version),
  ];
}

function unlike(what: string, before: Snapshot, after: Snapshot, of: (snapshot: Snapshot) => string): string[] {
  const [was, is] = [of(before), of(after)];
  return was === is ? [] : [`${what}: ${was} before, ${is} after`];
}

function order(before: Snapshot, after: Snapshot): string[] {
  if (after.window.startedAtMs < before.window.startedAtMs) {
    return ['the second recording began before the first: are they in the right order?'];
  }
  const same = after.window.startedAtMs === before.window.startedAtMs && after.target.pid === before.target.pid;
  return same ? ['both are of the same process at the same time'] : [];
}

/** What is counted by time says less where there was more, or less, to do. */
function otherLoad(comparisons: readonly Comparison[]): string[] {
  const load = comparisons.find(({ measure }) => measure.id === 'requests');
  if (load === undefined || (load.verdict !== 'better' && load.verdict !== 'worse')) return [];
  return [
    `the load differs: ${formatRate(load.before)} requests a second before, ${formatRate(load.after)} after; all that is counted by time goes with it`,
  ];
}

function shortcomings(which: 'before' | 'after', { quality, stalls, window, pageCache }: Snapshot): string[] {
  const { coverage, droppedRecords } = quality;
  const late = stalls === null ? 0 : stalls.samples.late / Math.max(1, stalls.samples.count);
  return [
    ...(window.durationNs < LEAST_SESSION_NS ? [`${which} lasted less than 10s: too short to tell`] : []),
    ...(coverage.fraction !== null && coverage.fraction < FULL_COVERAGE
      ? [`${which} has traced ${formatPercent(coverage.fraction)} of the major faults that the kernel counted`]
      : []),
    ...(droppedRecords > 0
      ? [
          `${which} has lost ${formatCount(droppedRecords)} records of waits, threads or whole dumps: its sums are lower bounds`,
        ]
      : []),
    ...(late > FEW_LATE
      ? [`${which} has sampled the level late ${formatPercent(late)} of the time: full stalls may be missing`]
      : []),
    ...((pageCache?.sampling.oneIn ?? 1) > 1
      ? [`${which} has refaults scaled up from one page in ${pageCache?.sampling.oneIn}`]
      : []),
  ];
}
