import type { ChainView, WakersView, WakeView } from '../../src/model/wakers-view.js';

const READER = { tid: 4712, name: 'reader-1' };
const WORKER = { tid: 4713, name: 'worker-3' };
const WAITER = { tid: 4714, name: 'waiter' };

/** worker-3 waits for reader-1's lock, which is in a major fault. */
export function chainView(facts: Partial<ChainView> = {}): ChainView {
  return { waiter: WORKER, holder: READER, faulter: READER, count: 340, overlapNs: 1_200_000_000, ...facts };
}

export function wakeView(facts: Partial<WakeView> = {}): WakeView {
  return {
    tid: WORKER.tid,
    threadName: WORKER.name,
    cause: 'lock',
    syscall: 'futex',
    waker: 'thread',
    wakerId: READER.tid,
    wakerName: READER.name,
    count: 400,
    totalNs: 1_400_000_000,
    maxNs: 31_000_000,
    ...facts,
  };
}

/** A lock behind a fault, one two locks away, and waits that each kind of waker ended. */
export function wakersView(facts: Partial<WakersView> = {}): WakersView {
  return {
    wakes: [
      wakeView({
        tid: READER.tid,
        threadName: READER.name,
        cause: 'fault',
        syscall: null,
        waker: 'interrupt',
        wakerId: null,
        wakerName: null,
        count: 12_300,
      }),
      wakeView(),
      wakeView({
        tid: WAITER.tid,
        threadName: null,
        cause: 'disk',
        syscall: 'fsync',
        waker: 'kernel',
        wakerId: 12,
        wakerName: 'kworker/0:1H',
        count: 3,
        totalNs: 9e6,
        maxNs: 4e6,
      }),
      wakeView({
        tid: WAITER.tid,
        threadName: null,
        cause: 'net',
        syscall: 'read',
        waker: 'process',
        wakerId: 991,
        wakerName: null,
        count: 1,
        totalNs: 5e4,
        maxNs: 5e4,
      }),
      wakeView({
        cause: 'poll',
        syscall: 'epoll_wait',
        waker: 'process',
        wakerId: 990,
        wakerName: 'nginx',
        count: 5000,
        totalNs: 9e9,
      }),
    ],
    idleNs: 9e9,
    chains: [chainView(), chainView({ waiter: WAITER, holder: WORKER, count: 1, overlapNs: 40_000_000 })],
    chainsTold: true,
    lockWaitNs: 2_000_000_000,
    lockBehindFaultNs: 1_240_000_000,
    waits: 17_710,
    unseenWaits: 6,
    ...facts,
  };
}
