import type { TimePart } from '../../model/cause.js';
import type { RatioMeasure } from '../measure.js';

/** Where the threads' time goes beside major faults. Idle waits are left out: there is always another thread that has nothing to do. */
export const THREAD_TIME_MEASURES: readonly RatioMeasure[] = [
  part('faultOther', 'in other faults', 'fault-other', 'lower'),
  part('runQueue', 'run queue', 'runQueue', 'lower'),
  part('disk', 'disk waits', 'disk', 'lower'),
  part('lock', 'lock waits', 'lock', 'lower'),
  // These follow the load: more work done means more of them.
  part('net', 'network waits', 'net', null),
  part('otherWaits', 'other waits', 'other', null),
  part('onCpu', 'on-CPU', 'onCpu', null),
];

function part(id: string, name: string, time: TimePart, better: RatioMeasure['better']): RatioMeasure {
  return {
    kind: 'ratio',
    id,
    name,
    unit: 'threads',
    better,
    needs: 'a running kernel script',
    sums: ({ totals, window }) =>
      window.durationNs === 0 ? null : { amount: totals.time[time], per: window.durationNs },
  };
}
