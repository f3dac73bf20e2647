import { CAUSES } from '../../model/cause.js';
import type { FilesView, FileView } from '../../model/files-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { StacksView, StackView } from '../../model/stacks-view.js';
import { safeText } from '../../text/safe.js';
import { frameLabel, threadLabel } from '../outside-names.js';
import { UNLISTED_THREADS, unlistedThreads } from '../unlisted-threads.js';
import { type SampledProfile, type SharedFrames, sampledProfile, type Weighed } from './format.js';

/** By the code they were in, while the set `stacks` ran: the profiles of one kind add up to the stacks' totals. */
export function stackProfiles(view: StacksView, shared: SharedFrames): SampledProfile[] {
  const places = view.frames.map((frame) =>
    shared.placeOf(frameLabel(frame), frame.module === null ? null : safeText(frame.module)),
  );
  const weighed = (stacks: readonly StackView[], weightOf: (stack: StackView) => number): Weighed[] =>
    stacks.map((stack) => ({ frames: stack.frames.map((place) => places[place] ?? 0), weight: weightOf(stack) }));
  const { faults, offCpu } = view;
  const ofPart = (part: StackView['part']) => offCpu.stacks.filter((stack) => stack.part === part);
  return [
    sampledProfile(
      'stacks: major faults, count',
      'none',
      weighed(faults.stacks, ({ count }) => count),
    ),
    sampledProfile('stacks: major faults, latency', 'nanoseconds', weighed(faults.stacks, nsOf)),
    ...CAUSES.map((cause) => sampledProfile(`stacks: off-CPU, ${cause}`, 'nanoseconds', weighed(ofPart(cause), nsOf))),
    sampledProfile('stacks: off-CPU, cause not known', 'nanoseconds', weighed(ofPart(null), nsOf)),
  ];
}

/** By thread, over the whole session, with what is known of waits in place of functions. */
export function threadProfiles(snapshot: Snapshot, shared: SharedFrames): SampledProfile[] {
  const unlisted = unlistedThreads(snapshot);
  const others = shared.placeOf(UNLISTED_THREADS);
  const faults: Weighed[] = [{ frames: [others], weight: unlisted.majorFaults }];
  const waits: Weighed[] = CAUSES.map((cause) => ({
    frames: [others, shared.placeOf(cause)],
    weight: unlisted.time[cause],
  }));
  for (const thread of snapshot.threads) {
    const root = shared.placeOf(threadLabel(thread.tid, thread.name));
    faults.push({ frames: [root], weight: thread.majorFaults });
    for (const { cause, syscall, totalNs } of thread.waits) {
      const inSyscall = syscall === null ? [] : [shared.placeOf(`in ${safeText(syscall)}()`)];
      waits.push({ frames: [root, shared.placeOf(cause), ...inSyscall], weight: totalNs });
    }
  }
  return [
    sampledProfile('threads: waits by cause and syscall', 'nanoseconds', waits),
    sampledProfile('threads: major faults, count', 'none', faults),
  ];
}

/** By file, over the whole session. */
export function fileProfiles({ files, more, ...view }: FilesView, shared: SharedFrames): SampledProfile[] {
  const rest = (name: string) => [shared.placeOf(name)];
  const rows = [
    ...files.map((file) => ({ ...file, frames: [shared.placeOf(fileLabel(file))] })),
    { ...more, frames: rest(`[${more.files} more files]`) },
    {
      frames: rest('[laid to no file]'),
      majorFaults: view.unplacedFaults,
      faultWaitNs: view.unplacedWaitNs,
    },
  ];
  const sure = view.exact ? '' : ' (estimated)';
  return [
    sampledProfile(
      `files: major faults, count${sure}`,
      'none',
      rows.map(({ frames, majorFaults }) => ({ frames, weight: majorFaults })),
    ),
    sampledProfile(
      `files: major faults, latency${sure}`,
      'nanoseconds',
      rows.map(({ frames, faultWaitNs }) => ({ frames, weight: faultWaitNs })),
    ),
  ];
}

function nsOf({ totalNs }: StackView): number {
  return totalNs;
}

function fileLabel({ of, path, device, inode, exact }: FileView): string {
  const name = path === null ? (device === null ? `[${of}]` : `[${device} inode ${inode}]`) : safeText(path);
  return exact ? name : `${name} (estimated)`;
}
