import type { Snapshot } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { busiestFaultReads, shareOfIo } from '../device-verdict.js';
import type { Finding } from '../finding.js';
import { faultsMatter } from '../weight-of-faults.js';

/** The target's faults wait for I/O before them: the device is given more than it takes. */
export function diskQueue(snapshot: Snapshot): Finding | null {
  const reads = busiestFaultReads(snapshot);
  if (reads?.verdict !== 'queue' || !faultsMatter(snapshot)) return null;
  const { device, name, count, queue, service, queueShare } = reads;
  const [others, target, fault] = (['others', 'target', 'fault'] as const).map((origin) => shareOfIo(device, origin));
  const mostlyOthers = (others ?? 0) >= 0.5;
  return {
    id: 'disk-queue',
    severity: 'problem',
    title: `Fault reads wait ${formatDuration(queue.meanNs)} in the queue of ${name} before the disk takes them: ${formatPercent(others ?? 0)} of its I/O is others'.`,
    evidence: [
      `${formatCount(count)} fault reads; ${formatPercent(queueShare)} of their time is the queue, the device itself takes ${formatDuration(service.meanNs)} on average.`,
      `Of the I/O on it ${formatPercent(fault ?? 0)} is the target's faults, ${formatPercent(target ?? 0)} the rest of the target, ${formatPercent(others ?? 0)} others'.`,
      `Queue p50 ${formatDuration(queue.latency.p50Ns)}, p99 ${formatDuration(queue.latency.p99Ns)}.`,
    ],
    confidence: 'high',
    remedies: mostlyOthers
      ? [
          "Find who it is (biotop, iotop) and move or limit it: io.max, io.weight or ionice, or another device for the target's files.",
          'An I/O scheduler that puts reads first (mq-deadline, kyber, bfq in /sys/block/*/queue/scheduler).',
        ]
      : [
          'Fewer reads at once: fewer threads that fault, or memory enough to keep the pages.',
          'A device that takes more at once; more requests in its queue (nr_requests) only make it longer.',
        ],
  };
}
