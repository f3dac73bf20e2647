import type { Snapshot } from '../model/snapshot.js';
import { counter, type Family, gauge, type Labels, ratio, secondsCounter } from './family.js';

/** Levels told apart: 0 to this; higher ones are one. */
const TOP_LEVEL = 64;

/** How many threads were stuck at once, and full stalls. */
export function stallMetrics({ stalls, runtime }: Snapshot, labels: Labels): Family[] {
  const capacity = gauge(
    { name: 'faultscope_capacity', help: "How many threads can run the target's code at once." },
    labels,
    runtime?.capacity ?? null,
  );
  if (stalls === null) return capacity;
  const { levelNs, fullNs, lostNs, fullStalls, lostParallelism } = stalls;
  const levels = secondsCounter(
    { name: 'faultscope_level_seconds', help: 'Sampled time by how many threads were stuck in page faults.' },
    levelNs.map((ns, level) => [{ ...labels, level: level < TOP_LEVEL ? String(level) : `${TOP_LEVEL}+` }, ns]),
  );
  // Where no capacity was ever known nothing could be full.
  if (lostParallelism === null) return [...capacity, levels];
  return [
    ...capacity,
    levels,
    secondsCounter(
      { name: 'faultscope_full_stall_seconds', help: 'Sampled time in which as many were stuck as can run at once.' },
      [[labels, fullNs]],
    ),
    secondsCounter(
      {
        name: 'faultscope_lost_parallelism_seconds',
        help: 'Sampled time, each moment by the share of the capacity that was stuck: its rate is the parallelism lost.',
      },
      [[labels, lostNs]],
    ),
    counter({ name: 'faultscope_full_stalls', help: 'Full stalls of at least a millisecond that are over.' }, [
      [labels, fullStalls],
    ]),
    ...ratio(
      {
        name: 'faultscope_lost_parallelism_ratio',
        help: 'Mean share of the capacity that was stuck, all the session.',
      },
      labels,
      lostParallelism,
    ),
  ];
}
