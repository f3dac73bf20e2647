import { ExitCode, FaultscopeError } from '../errors.js';
import {
  type FrameView,
  type StackSums,
  type StacksView,
  type StackView,
  UNKNOWN_FRAME,
} from '../model/stacks-view.js';
import { safeText } from '../text/safe.js';
import type { ExportedSession, ExportPieces } from './exported-session.js';

/** Major faults by how many they are, or by their time in ns; or waits by their time in ns, idle ones too. */
export const FOLDED_WEIGHTS = ['fault-time', 'faults', 'off-cpu'] as const;
type FoldedWeight = (typeof FOLDED_WEIGHTS)[number];

/**
 * Stacks as flamegraph.pl reads them, a line each: frames from the outermost on parted by semicolons, a space, the weight.
 * The thread is the first frame; off-CPU the cause of the wait is the second, `[disk]`. Kernel frames end in `_[k]`.
 * What no stack was kept for has lines of its own, so that they add up to the total.
 * Throws a FaultscopeError where the session has no stacks.
 */
export function* renderFolded(session: ExportedSession, weight: FoldedWeight): ExportPieces {
  const { stacks } = session.end().snapshot;
  if (stacks === null) throw noStacksError();
  const { sums, weightOf } = chosen(stacks, weight);
  const lines = new Map<string, number>();
  const frames = stacks.frames.map(frameText);
  for (const stack of sums.stacks) {
    const line = unlikeNumber([...rootsOf(stack, weight), ...stack.frames.map((at) => frames[at] ?? UNKNOWN_FRAME)]);
    lines.set(line, (lines.get(line) ?? 0) + weightOf(stack));
  }
  for (const [line, sum] of lines) if (sum > 0) yield `${line} ${sum}\n`;
}

export function noStacksError(): FaultscopeError {
  return new FaultscopeError({
    exitCode: ExitCode.usage,
    message: 'there are no stacks to fold in this session',
    hint: 'trace or record with --stacks',
  });
}

function chosen(
  { faults, offCpu }: StacksView,
  weight: FoldedWeight,
): { readonly sums: StackSums; readonly weightOf: (stack: StackView) => number } {
  if (weight === 'faults') return { sums: faults, weightOf: ({ count }) => count };
  return { sums: weight === 'off-cpu' ? offCpu : faults, weightOf: ({ totalNs }) => totalNs };
}

/** Null names are of sums that no thread is known of. */
function rootsOf({ tid, threadName, part }: StackView, weight: FoldedWeight): string[] {
  const thread = tid === null ? '[all threads]' : frameName(threadName ?? `tid ${tid}`);
  return weight === 'off-cpu' ? [thread, `[${part ?? 'any cause'}]`] : [thread];
}

/** As perf's and bcc's scripts mark them for flamegraph.pl. */
function frameText({ label, kernel }: FrameView): string {
  return kernel ? `${frameName(label)}_[k]` : frameName(label);
}

/** A semicolon would part it in two, as in perf's stackcollapse. */
function frameName(name: string): string {
  return safeText(name).replaceAll(';', ':').trim() || UNKNOWN_FRAME;
}

/** flamegraph.pl takes a second number at the end of a line for the weight, and the one after it for that of a later profile. */
function unlikeNumber(frames: readonly string[]): string {
  return frames.join(';').replace(/\s(\d+(?:\.\d*)?)$/, '_$1');
}
