import type { ChainThread, ChainView, WakersView, WakeView } from '../model/wakers-view.js';
import type { SummaryChain, SummaryChainThread, SummaryWake, SummaryWakers } from './summary-format-wakers.js';

export function wakersOf(view: WakersView): SummaryWakers {
  return {
    waits: view.waits,
    unseenWaits: view.unseenWaits,
    lockWaitNs: view.lockWaitNs,
    lockBehindFaultNs: view.chainsTold ? view.lockBehindFaultNs : null,
    chains: view.chainsTold ? view.chains.map(chainOf) : null,
    wakes: view.wakes.map(wakeOf),
  };
}

function chainOf({ waiter, holder, faulter, count, overlapNs }: ChainView): SummaryChain {
  return { waiter: threadOf(waiter), holder: threadOf(holder), faulter: threadOf(faulter), count, overlapNs };
}

function threadOf({ tid, name }: ChainThread): SummaryChainThread {
  return { tid, name };
}

function wakeOf(wake: WakeView): SummaryWake {
  return {
    tid: wake.tid,
    name: wake.threadName,
    cause: wake.cause,
    syscall: wake.syscall,
    waker: wake.waker,
    wakerId: wake.wakerId,
    wakerName: wake.wakerName,
    count: wake.count,
    totalNs: wake.totalNs,
    maxNs: wake.maxNs,
  };
}
