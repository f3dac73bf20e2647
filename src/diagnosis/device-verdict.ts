import type { Snapshot } from '../model/snapshot.js';
import type { DeviceView, FlowView, StageView } from '../model/storage-view.js';
import type { IoOrigin } from '../record/storage.js';

/** Reads that page faults waited for, with what they waited for told apart. */
export interface FaultReads {
  readonly device: DeviceView;
  /** Where the device has a name, that; else its numbers. */
  readonly name: string;
  readonly count: number;
  readonly queue: StageView;
  readonly service: StageView;
  /** Share of the queue in the time of these reads. */
  readonly queueShare: number;
  /** `slow`: the device itself takes long; `queue`: they wait long before it takes them. */
  readonly verdict: 'slow' | 'queue' | 'neither';
}

/** Fewer reads say little of a device. */
const LEAST_READS = 100;
/** Flash answers in a tenth of this, a network disk in health in half; what moves a head takes longer, and is slow. */
const SLOW_SERVICE_NS = 2e6;
/** A queue that is shorter costs no more than a healthy device itself. */
const LONG_QUEUE_NS = 1e6;

/** Null where no fault read from it, or queue and service time cannot be told apart there. */
export function faultReadsOf(device: DeviceView): FaultReads | null {
  const flow = faultFlow(device);
  if (flow === null || flow.queue === null || flow.service === null) return null;
  const { count, queue, service } = flow;
  const totalNs = queue.totalNs + service.totalNs;
  const queueShare = totalNs === 0 ? 0 : queue.totalNs / totalNs;
  const reads = { device, name: deviceName(device), count, queue, service, queueShare };
  return { ...reads, verdict: verdictOf(reads) };
}

/** The device's reads that page faults waited for; null where there were none. */
export function faultFlow({ flows }: DeviceView): FlowView | null {
  return flows.find(({ origin, write }) => origin === 'fault' && !write) ?? null;
}

export function busiestFaultReads({ storage }: Snapshot): FaultReads | null {
  const device = judgedDevice(storage?.devices ?? []);
  return device === null ? null : faultReadsOf(device);
}

/**
 * The device that the target's faults read most from; where that is dm or md, the disk below it that answers most of
 * these reads, for there queue and service are told apart. The devices come as in a {@link StorageView}.
 */
export function judgedDevice(devices: readonly DeviceView[]): DeviceView | null {
  const [top = null] = devices;
  if (top === null || faultReadsOf(top) !== null) return top;
  const most = (faultFlow(top)?.count ?? 0) / 2;
  const below = devices.find((device) => faultReadsOf(device) !== null);
  return below !== undefined && (faultFlow(below)?.count ?? 0) > most ? below : top;
}

export function deviceName({ device, name }: Pick<DeviceView, 'device' | 'name'>): string {
  return name ?? `${device >>> 20}:${device & 0xfffff}`;
}

/** Share of one origin in the number of I/Os done on the device; 0 where there were none. */
export function shareOfIo({ flows }: DeviceView, origin: IoOrigin): number {
  const countOf = (rows: readonly FlowView[]): number => rows.reduce((sum, { count }) => sum + count, 0);
  const all = countOf(flows);
  return all === 0 ? 0 : countOf(flows.filter((flow) => flow.origin === origin)) / all;
}

function verdictOf({ count, queue, service, queueShare }: Omit<FaultReads, 'verdict'>): FaultReads['verdict'] {
  if (count < LEAST_READS) return 'neither';
  if (queueShare >= 0.5) return queue.meanNs >= LONG_QUEUE_NS ? 'queue' : 'neither';
  return (service.latency.p50Ns ?? 0) >= SLOW_SERVICE_NS ? 'slow' : 'neither';
}
