import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { busiestFaultReads, type FaultReads } from '../device-verdict.js';
import type { Finding } from '../finding.js';
import { faultsMatter } from '../weight-of-faults.js';
import { formatMean } from '../words.js';

/** More at once in a device than this, and its own queue may be what takes the time. */
const MANY_IN_DEVICE = 4;

/** What the target's faults wait for is the device itself. */
export function slowDisk(snapshot: Snapshot): Finding | null {
  const reads = busiestFaultReads(snapshot);
  if (reads?.verdict !== 'slow' || !faultsMatter(snapshot)) return null;
  const { name, count, queue, service, queueShare } = reads;
  const inDevice = inDeviceAtOnce(reads, snapshot);
  const crowded = inDevice >= MANY_IN_DEVICE;
  return {
    id: 'slow-disk',
    severity: 'problem',
    title: `The disk ${name} answers in ${formatDuration(service.latency.p50Ns)} (p50 of ${formatCount(count)} fault reads).`,
    evidence: [
      `${formatPercent(1 - queueShare)} of the time of these reads is the device's own; in the queue before it they wait ${formatDuration(queue.meanNs)} on average.`,
      `p99 ${formatDuration(service.latency.p99Ns)}, longest ${formatDuration(service.latency.maxNs)}.`,
      ...(crowded
        ? [`${formatMean(inDevice)} I/Os are in the device at a time: part of its time may be a queue of its own.`]
        : []),
    ],
    confidence: crowded ? 'medium' : 'high',
    remedies: [
      'A faster device, or a limit of the volume raised: network disks answer slowly where their IOPS or bytes a second are used up.',
      'Fewer reads: more memory for the page cache, or readahead where the file is read in order (MADV_SEQUENTIAL, MADV_WILLNEED).',
      ...(crowded ? ["Less at once: fewer threads that fault, or the others' I/O at another time."] : []),
    ],
  };
}

/** Little's law: time in the device by the time it was watched. The set may have run for less: a lower bound. */
function inDeviceAtOnce({ device }: FaultReads, { window }: Snapshot): number {
  const inDeviceNs = device.flows.reduce((sum, { service }) => sum + (service?.totalNs ?? 0), 0);
  return window.durationNs === 0 ? 0 : inDeviceNs / window.durationNs;
}
