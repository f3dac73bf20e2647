import { deviceName, faultFlow, faultReadsOf, judgedDevice } from '../../diagnosis/device-verdict.js';
import { deviceSentence } from '../../diagnosis/device-words.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { DeviceView, FlowView } from '../../model/storage-view.js';
import { formatBytes, formatCount, formatPercent } from '../../text/units.js';
import { duration } from './figures.js';
import { html } from './html.js';
import type { Section } from './section.js';
import { table } from './table.js';

const LISTED = 30;

/** The block devices that faults read from, and whether they or their queues are slow; null unless the set ran. */
export function storageSection(snapshot: Snapshot): Section | null {
  const devices = snapshot.storage?.devices ?? [];
  const judged = judgedDevice(devices);
  if (judged === null) return null;
  const flows = devices.flatMap((device) => device.flows.map((flow) => ({ device, flow })));
  return {
    id: 'storage',
    title: 'Storage',
    body: [
      html`<p><b>${deviceSentence(judged, snapshot, 'µs')}</b></p>`,
      table({
        caption: 'Block devices: what page faults read',
        rows: devices.filter((device) => faultFlow(device) !== null),
        limit: LISTED,
        none: 'no fault has read from one',
        columns: [
          { header: 'device', cell: nameOf },
          { header: 'fault reads', value: (device) => faultFlow(device)?.count ?? null, format: formatCount },
          { header: 'bytes', value: (device) => faultFlow(device)?.bytes ?? null, format: formatBytes },
          { header: 'queue p50', value: (device) => faultFlow(device)?.queue?.latency.p50Ns ?? null, format: duration },
          { header: 'queue p99', value: (device) => faultFlow(device)?.queue?.latency.p99Ns ?? null, format: duration },
          { header: 'device p50', value: (device) => served(device)?.p50Ns ?? null, format: duration },
          { header: 'device p99', value: (device) => served(device)?.p99Ns ?? null, format: duration },
          { header: 'device max', value: (device) => served(device)?.maxNs ?? null, format: duration },
          { header: 'queue share', value: (device) => faultReadsOf(device)?.queueShare ?? null, format: formatPercent },
        ],
      }),
      table({
        caption: 'Whose I/O the devices did',
        rows: flows,
        limit: LISTED,
        columns: [
          { header: 'device', cell: ({ device }) => nameOf(device) },
          { header: 'whose', cell: ({ flow }) => ORIGINS[flow.origin] },
          { header: 'direction', cell: ({ flow }) => (flow.write ? 'write' : 'read') },
          { header: 'I/Os', value: ({ flow }) => flow.count, format: formatCount },
          { header: 'bytes', value: ({ flow }) => flow.bytes, format: formatBytes },
          { header: 'mean queue', value: ({ flow }) => flow.queue?.meanNs ?? null, format: duration },
          {
            header: 'mean device',
            value: ({ flow }) => (flow.service ?? flow.whole)?.meanNs ?? null,
            format: duration,
          },
        ],
      }),
    ],
  };
}

const ORIGINS: { readonly [origin in FlowView['origin']]: string } = {
  fault: "the target's faults",
  target: "the target's else",
  others: "others'",
};

function nameOf(device: DeviceView): string {
  return `${deviceName(device)}${device.swap ? ' (swap)' : ''}`;
}

/** Where queue and device cannot be parted, both. */
function served(device: DeviceView) {
  const flow = faultFlow(device);
  return (flow?.service ?? flow?.whole ?? null)?.latency ?? null;
}
