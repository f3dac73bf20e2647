import { deviceName, faultFlow } from '../diagnosis/device-verdict.js';
import type { Snapshot } from '../model/snapshot.js';
import type { DeviceView, StageView } from '../model/storage-view.js';
import { formatBytes, formatCount, formatDuration } from '../text/units.js';
import { paragraph } from './report-lines.js';

/** Devices told one by one. */
const DEVICES = 3;

/** How the devices answered that the target's faults read from; nothing where none did. */
export function storageLines({ storage }: Snapshot): string[] {
  return (storage?.devices ?? [])
    .filter((device) => faultFlow(device) !== null)
    .slice(0, DEVICES)
    .flatMap((device) => paragraph('device   ', deviceText(device)));
}

function deviceText(device: DeviceView): string {
  const flow = faultFlow(device);
  const name = `${deviceName(device)}${device.swap ? ' (swap)' : ''}`;
  const reads = `${formatCount(flow?.count ?? 0)} fault reads, ${formatBytes(flow?.bytes ?? 0)}`;
  const stages = [
    stageText('queue', flow?.queue ?? null),
    stageText('device', flow?.service ?? null),
    stageText('queue and device', flow?.whole ?? null),
  ];
  return [`${name}: ${reads}`, ...stages.filter((text) => text !== null)].join('; ');
}

function stageText(name: string, stage: StageView | null): string | null {
  if (stage === null) return null;
  const { p50Ns, p99Ns, maxNs } = stage.latency;
  return `${name} p50 ${formatDuration(p50Ns)}, p99 ${formatDuration(p99Ns)}, max ${formatDuration(maxNs)}`;
}
