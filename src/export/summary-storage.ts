import type { DeviceView, FlowView, StageView, StorageView } from '../model/storage-view.js';
import type { SummaryDevice, SummaryIoFlow, SummaryIoStage, SummaryStorage } from './summary-format-storage.js';
import { latencyOf } from './summary-latency.js';

export function storageOf({ devices }: StorageView): SummaryStorage {
  return { devices: devices.map(deviceOf) };
}

function deviceOf({ device, name, swap, flows }: DeviceView): SummaryDevice {
  return { device: `${device >>> 20}:${device & 0xfffff}`, name, swap, flows: flows.map(flowOf) };
}

function flowOf({ origin, write, count, bytes, queue, service, whole }: FlowView): SummaryIoFlow {
  return { origin, write, count, bytes, queue: stageOf(queue), service: stageOf(service), whole: stageOf(whole) };
}

function stageOf(stage: StageView | null): SummaryIoStage | null {
  if (stage === null) return null;
  return { totalNs: stage.totalNs, meanNs: stage.meanNs, latency: latencyOf(stage.latency) };
}
