import fc from 'fast-check';
import { CAUSES } from '../../../src/model/cause.js';
import type { WakersView } from '../../../src/model/wakers-view.js';
import { WAKER_KINDS } from '../../../src/record/wakers.js';
import { outside, unknown } from './outside-strings.js';

const count = fc.nat();
const ns = fc.maxSafeNat();
const tid = fc.integer({ min: 1, max: 2 ** 22 });
const thread = fc.record({ tid, name: unknown(outside) });

/** Whatever the types allow. */
export const anyWakers: fc.Arbitrary<WakersView | null> = unknown(
  fc.record({
    wakes: fc.array(
      fc.record({
        tid,
        threadName: unknown(outside),
        cause: fc.constantFrom(...CAUSES),
        syscall: unknown(outside),
        waker: fc.constantFrom(...WAKER_KINDS),
        wakerId: unknown(tid),
        wakerName: unknown(outside),
        count,
        totalNs: ns,
        maxNs: ns,
      }),
      { maxLength: 5 },
    ),
    chains: fc.array(fc.record({ waiter: thread, holder: thread, faulter: thread, count, overlapNs: ns }), {
      maxLength: 5,
    }),
    chainsTold: fc.boolean(),
    idleNs: ns,
    lockWaitNs: ns,
    lockBehindFaultNs: ns,
    waits: count,
    unseenWaits: count,
  }),
);
