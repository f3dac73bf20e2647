import { gzipSync } from 'node:zlib';
import type { Snapshot } from '../../model/snapshot.js';
import type { FrameView } from '../../model/stacks-view.js';
import { safeText } from '../../text/safe.js';
import { targetName } from '../../text/target-name.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { frameLabel } from '../outside-names.js';
import { shortfallsOf } from '../shortfalls.js';
import { GOROUTINE_TYPES, goroutineSamples } from './goroutine-samples.js';
import {
  type PprofFrame,
  type PprofSample,
  type ProfileFacts,
  ProfileWriter,
  type SampleType,
} from './profile-writer.js';
import { type CostSample, costSamples } from './samples.js';

const COST_TYPES: readonly SampleType[] = [
  { type: 'major_faults', unit: 'count' },
  { type: 'fault_wait', unit: 'nanoseconds' },
  { type: 'off_cpu', unit: 'nanoseconds' },
];

/** Stands where a stack would, with the cause of the wait below it. */
const NOT_ON_A_STACK = '[not on a stack]';

/** The kernel walks no more frames of a user stack: one as deep may have lost its outermost (docs/stacks.md). */
const DEEPEST = 48;

/** A profile for pprof, compressed: what major faults and waits cost, by stack, thread and cause. */
export function* renderPprof(session: ExportedSession): ExportPieces {
  const { snapshot } = session.end();
  const types = snapshot.goroutines === null ? COST_TYPES : [...COST_TYPES, ...GOROUTINE_TYPES];
  const profile = new ProfileWriter(factsOf(snapshot, types));
  for (const sample of samplesOf(snapshot, types.length)) profile.sample(sample);
  yield gzipSync(profile.finish());
}

function factsOf(snapshot: Snapshot, sampleTypes: readonly SampleType[]): ProfileFacts {
  const { target, window, tool } = snapshot;
  return {
    sampleTypes,
    shown: 'fault_wait',
    mainModule: safeText(fileName(target.exe ?? target.comm)),
    startedAtNs: BigInt(Math.round(window.startedAtMs * 1000)) * 1000n,
    durationNs: window.durationNs,
    comments: [`faultscope ${tool.version}: ${safeText(targetName(target))}`, ...shortfallsOf(snapshot)],
  };
}

function samplesOf(snapshot: Snapshot, values: number): PprofSample[] {
  const names = new Map(snapshot.threads.map(({ tid, name }) => [tid, name]));
  const starts = new Set(snapshot.goroutines?.functions.map(({ start }) => start));
  const padded = (at: number, ...figures: number[]) =>
    Array.from({ length: values }, (_, place) => figures[place - at] ?? 0);
  return [
    ...costSamples(snapshot).map((sample) => ({
      frames: framesOf(sample),
      values: padded(0, sample.majorFaults, sample.faultWaitNs, sample.offCpuNs),
      labels: { ...threadLabels(sample, names), cause: sample.cause, ...goroutineLabel(sample, starts) },
    })),
    ...goroutineSamples(snapshot, (...figures) => padded(COST_TYPES.length, ...figures)),
  ];
}

function threadLabels({ tid }: CostSample, names: ReadonlyMap<number, string | null>): Record<string, string> {
  if (tid === null) return { thread: '[threads not told apart]' };
  return { thread: safeText(names.get(tid) ?? '-'), tid: String(tid) };
}

/** Names that the compiler gives to what it starts `go f(x)` in: f is what was started (src/host/go/goroutine-start.ts). */
const WRAPPER = /(?:\.gowrap\d+|·dwrap·\d+|-fm|\.func\d+)$/;

/** A stack of Go that is whole begins with its goroutine's first function, below runtime.goexit. */
function goroutineLabel({ frames }: CostSample, starts: ReadonlySet<string | null>): Record<string, string> {
  const user = frames.filter(({ kernel }) => !kernel);
  if (user.length >= DEEPEST) return {};
  const [outermost, second] = user.filter(({ label }) => !label.startsWith('runtime.goexit')).reverse();
  const start =
    outermost !== undefined && !starts.has(outermost.label) && WRAPPER.test(outermost.label) ? second : outermost;
  return start !== undefined && starts.has(start.label) ? { goroutine: safeText(start.label) } : {};
}

function framesOf({ frames, cause }: CostSample): PprofFrame[] {
  if (frames.length > 0) return frames.map(frameOf);
  return [`[${cause}]`, NOT_ON_A_STACK].map((name) => ({ name, module: null, address: 0n }));
}

/** Stacks are told by function: the model does not keep their addresses. */
function frameOf(frame: FrameView): PprofFrame {
  return { name: frameLabel(frame), module: frame.module === null ? null : safeText(frame.module), address: 0n };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
