import type { Snapshot } from '../../model/snapshot.js';
import type { FrameView } from '../../model/stacks-view.js';
import { type UserStack, userStacks } from '../../model/user-stacks.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { faultsMatter } from '../weight-of-faults.js';
import { callChain, shortFunction } from '../words.js';

/** Four fifths, as for a hot file: what changes this function changes the program. */
const HOT_SHARE = 0.8;
/** Fewer say little about where the next one will be. */
const LEAST_FAULTS = 100;
/** Ways to the function that are told. */
const CALLERS = 3;
const CALLERS_DEEP = 4;

/** All of the program, or of a thread, is below these: of C, C++, Go, Rust, the JVM and Node. */
const BEGINNINGS = new RegExp(
  `^(${[
    '_?_?start|main|main\\.main|__libc_start.*|start_thread|_?_?clone3?|execute_native_thread_routine',
    'runtime\\.(main|goexit|mstart|mcall|systemstack).*',
    'std::(rt|panic|panicking|thread)::.*|std::sys::.*(thread_start|begin_short_backtrace).*|core::ops::function::FnOnce::.*',
    'JavaMain|ThreadJavaMain|thread_native_entry.*|Thread::call_run.*|JavaThread::.*|JavaCalls::.*|call_stub|Interpreter',
    'node::(Start|LoadEnvironment|SpinEventLoop|NodeMainInstance::).*|uv_run|uv__.*',
    '\\[.*\\]',
  ].join('|')})$`,
);

/** An address of which no function is known is none. */
const NO_FUNCTION = /\+0x[0-9a-f]+$/;

interface Below {
  readonly frame: FrameView;
  count: number;
  totalNs: number;
  /** Sum over its stacks of how deep it stands, by time. */
  depthNs: number;
}

/** Nearly all fault time is spent below one function: said only where faults cost something. */
export function hotCode(snapshot: Snapshot): Finding | null {
  const { stacks } = snapshot;
  if (stacks === null || stacks.faults.count < LEAST_FAULTS || !faultsMatter(snapshot)) return null;
  const { totalNs, withoutStack, count } = stacks.faults;
  const paths = userStacks(stacks);
  const hot = innermost([...belowEach(paths)].filter((below) => below.totalNs >= HOT_SHARE * totalNs));
  if (hot === null || totalNs === 0) return null;
  const { frame } = hot;
  const without =
    withoutStack === 0
      ? []
      : [`${formatPercent(withoutStack / count)} of the faults have no stack and count as elsewhere.`];
  return {
    id: 'hot-code',
    severity: 'note',
    title: `${formatPercent(hot.totalNs / totalNs)} of its fault time is under one function: ${frame.label}.`,
    evidence: [
      `${formatCount(hot.count)} major faults and ${formatDuration(hot.totalNs)} in it and what it calls${frame.module === null ? '' : ` (${frame.module})`}.`,
      ...callersOf(frame, paths, hot.totalNs),
      ...without,
    ],
    confidence: 'high',
    remedies: [
      `Look at what ${shortFunction(frame.label)} reads from mapped memory: read it with pread, or bring it into memory before.`,
    ],
  };
}

/** What is spent in each function and all that it calls: one that calls itself counts once. */
function belowEach(paths: readonly UserStack[]): Iterable<Below> {
  const sums = new Map<FrameView, Below>();
  for (const { frames, count, totalNs } of paths) {
    for (const frame of new Set(frames)) {
      const sum = sums.get(frame) ?? { frame, count: 0, totalNs: 0, depthNs: 0 };
      sums.set(frame, sum);
      sum.count += count;
      sum.totalNs += totalNs;
      sum.depthNs += totalNs * (frames.length - frames.indexOf(frame));
    }
  }
  return sums.values();
}

/** The one furthest in, which says most; none where that is only where programs and threads begin. */
function innermost(candidates: readonly Below[]): Below | null {
  const [first] = candidates
    .filter(({ frame: { label } }) => !BEGINNINGS.test(label) && !NO_FUNCTION.test(label))
    .sort((a, b) => b.depthNs / b.totalNs - a.depthNs / a.totalNs);
  return first ?? null;
}

/** "55 % by lookup < handle < serve." */
function callersOf(frame: FrameView, paths: readonly UserStack[], allNs: number): string[] {
  const byCallers = new Map<string, number>();
  for (const { frames, totalNs } of paths) {
    const at = frames.indexOf(frame);
    if (at < 0 || at + 1 === frames.length) continue;
    const chain = callChain(frames.slice(at + 1, at + 1 + CALLERS_DEEP));
    byCallers.set(chain, (byCallers.get(chain) ?? 0) + totalNs);
  }
  return [...byCallers]
    .sort(([, a], [, b]) => b - a)
    .slice(0, CALLERS)
    .map(([chain, ns]) => `Called by ${chain}: ${formatPercent(ns / allNs)} of that.`);
}
