import type { Snapshot, Totals } from '../model/snapshot.js';
import type { DeviceView } from '../model/storage-view.js';
import { formatCount, formatDuration, formatPercent, type MicroUnit } from '../text/units.js';
import { deviceName, type FaultReads, faultFlow, faultReadsOf, shareOfIo } from './device-verdict.js';

const NO_FAULT_READ = 'No page fault of the target has read from a device yet.';
/** docs/storage.md, "What it does not see". */
const ON_BEHALF =
  "Its faults did wait: what a limit of its cgroup holds back, or a worker of the kernel reads for it (dm-crypt, loop, FUSE), is others' here.";

/** One sentence: what faults wait for there. */
export function deviceSentence(device: DeviceView, { totals }: Pick<Snapshot, 'totals'>, micro: MicroUnit): string {
  const flow = faultFlow(device);
  if (flow === null) return totals.faultLatency.count > 0 ? `${NO_FAULT_READ} ${ON_BEHALF}` : NO_FAULT_READ;
  const name = deviceName(device);
  const reads = faultReadsOf(device);
  if (reads === null) {
    const mean = formatDuration(flow.whole?.meanNs ?? null, micro);
    return `${name} has no requests: queue and device are one time, ${mean} on average over ${formatCount(flow.count)} fault reads.`;
  }
  const { queue, service, queueShare, count } = reads;
  const times = `queue ${formatDuration(queue.meanNs, micro)} and device ${formatDuration(service.meanNs, micro)} on average over ${formatCount(count)} fault reads`;
  const sentences: { readonly [verdict in FaultReads['verdict']]: () => string } = {
    slow: () => `Slow disk: ${formatPercent(1 - queueShare)} of the time of fault reads is ${name} itself (${times}).`,
    queue: () =>
      `Too many at once: ${formatPercent(queueShare)} of the time of fault reads is the queue of ${name} (${times}). ${byWhom(device)}`,
    neither: () => `Neither slow nor crowded: ${times}.${elsewhere(reads, totals, micro)}`,
  };
  return sentences[reads.verdict]();
}

/** Faults that sleep for so much longer than their reads take wait for something else most of the time. */
const MUCH_LONGER = 3;
const LEAST_ELSEWHERE_NS = 1e6;

/** Means of two sets, which may have run for different times: only what no such difference explains is said. */
function elsewhere({ queue, service }: FaultReads, { faultWaitNs, faultLatency }: Totals, micro: MicroUnit): string {
  const sleepNs = faultLatency.count === 0 ? 0 : faultWaitNs / faultLatency.count;
  const readNs = queue.meanNs + service.meanNs;
  if (sleepNs < MUCH_LONGER * readNs || sleepNs - readNs < LEAST_ELSEWHERE_NS) return '';
  return ` But a fault sleeps for ${formatDuration(sleepNs, micro)} on average: most of it is spent before a read comes to the disk, as where a limit of its cgroup (io.max, blkio.throttle) holds reads back.`;
}

function byWhom(device: DeviceView): string {
  const [fault, target, others] = (['fault', 'target', 'others'] as const).map((origin) =>
    formatPercent(shareOfIo(device, origin)),
  );
  return `Of its I/O ${fault} is the target's faults, ${target} the target's else, ${others} others'.`;
}
