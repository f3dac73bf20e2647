import type { Snapshot } from '../../model/snapshot.js';
import type { FrameView, StacksView } from '../../model/stacks-view.js';
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

/** What is spent in a function and all that it calls. */
interface Below {
  readonly place: number;
  readonly frame: FrameView;
  readonly count: number;
  readonly totalNs: number;
  /** The mean over its stacks of how deep it stands, by time. */
  readonly depth: number;
}

/** Nearly all fault time is spent below one function: said only where faults cost something. */
export function hotCode(snapshot: Snapshot): Finding | null {
  const { stacks } = snapshot;
  if (stacks === null || stacks.faults.count < LEAST_FAULTS || !faultsMatter(snapshot)) return null;
  const { totalNs, withoutStack, count } = stacks.faults;
  if (totalNs === 0) return null;
  const hot = innermost(belowThoseWithAtLeast(HOT_SHARE * totalNs, stacks));
  if (hot === null) return null;
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
      ...callersOf(hot, stacks),
      ...without,
    ],
    confidence: 'high',
    remedies: [
      `Look at what ${shortFunction(frame.label)} reads from mapped memory: read it with pread, or bring it into memory before.`,
    ],
  };
}

/**
 * A function that calls itself counts once in a stack, where it stands deepest. There may be 20,000 stacks, looked at with
 * every drawing: sums lie by the frame's place.
 */
function belowThoseWithAtLeast(leastNs: number, { frames, faults }: StacksView): Below[] {
  const counts = new Float64Array(frames.length);
  const sumsNs = new Float64Array(frames.length);
  const depthsNs = new Float64Array(frames.length);
  const lastStack = new Int32Array(frames.length).fill(-1);
  const lastDepth = new Int32Array(frames.length);
  for (const [index, stack] of faults.stacks.entries()) {
    const { count, totalNs } = stack;
    for (let at = 0; at < stack.frames.length; at += 1) {
      const place = stack.frames[at] ?? 0;
      if (frames[place]?.kernel !== false) break;
      const isAgain = lastStack[place] === index;
      const deeper = at + 1 - (isAgain ? (lastDepth[place] ?? 0) : 0);
      depthsNs[place] = (depthsNs[place] ?? 0) + totalNs * deeper;
      lastDepth[place] = at + 1;
      if (isAgain) continue;
      lastStack[place] = index;
      counts[place] = (counts[place] ?? 0) + count;
      sumsNs[place] = (sumsNs[place] ?? 0) + totalNs;
    }
  }
  return frames.flatMap((frame, place) => {
    const totalNs = sumsNs[place] ?? 0;
    if (totalNs < leastNs) return [];
    return [{ place, frame, count: counts[place] ?? 0, totalNs, depth: (depthsNs[place] ?? 0) / totalNs }];
  });
}

/** The one furthest in, which says most; none where that is only where programs and threads begin. */
function innermost(candidates: readonly Below[]): Below | null {
  const [first] = candidates
    .filter(({ frame: { label } }) => !BEGINNINGS.test(label) && !NO_FUNCTION.test(label))
    .sort((a, b) => b.depth - a.depth);
  return first ?? null;
}

/** "55 % by lookup < handle < serve." */
function callersOf({ place, totalNs: allNs }: Below, { frames, faults }: StacksView): string[] {
  const byCallers = new Map<string, number>();
  for (const { frames: stack, totalNs } of faults.stacks) {
    const at = stack.lastIndexOf(place);
    if (at <= 0) continue;
    const callers = stack.slice(Math.max(0, at - CALLERS_DEEP), at).join();
    byCallers.set(callers, (byCallers.get(callers) ?? 0) + totalNs);
  }
  const byChain = new Map<string, number>();
  for (const [callers, ns] of byCallers) {
    const inwards = callers.split(',').reverse();
    const chain = callChain(inwards.flatMap((caller) => frames[Number(caller)] ?? []));
    byChain.set(chain, (byChain.get(chain) ?? 0) + ns);
  }
  return [...byChain]
    .sort(([, a], [, b]) => b - a)
    .slice(0, CALLERS)
    .map(([chain, ns]) => `Called by ${chain}: ${formatPercent(ns / allNs)} of that.`);
}
