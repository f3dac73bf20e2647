import { type DeviceRecord, IO_ORIGINS, type IoCellRecord } from '../record/storage.js';
import { IoFlow } from './io-flow.js';
import type { DeviceView, StorageView } from './storage-view.js';

/** Keeps account of block I/O by device (bpf/storage.bt). */
export class Storage {
  readonly #devices = new Map<number, DeviceRecord>();
  readonly #flows = new Map<string, IoFlow>();
  /** Each cell's latest reading: the script counts from nought whenever it is started. */
  readonly #cells = new Map<string, IoCellRecord>();
  #hasRun = false;

  /** The script was started, ended or failed. */
  applyState(running: boolean): void {
    if (running) this.#cells.clear();
    this.#hasRun ||= running;
  }

  apply(record: DeviceRecord | IoCellRecord): void {
    if (record.kind === 'device') this.#devices.set(record.device, record);
    else this.#applyCell(record);
  }

  /** `seconds` after the last tick: what rates are taken from. */
  tick(seconds: number): void {
    for (const flow of this.#flows.values()) flow.tick(seconds);
  }

  /** Null unless the script has run. */
  view(): StorageView | null {
    if (!this.#hasRun) return null;
    const byDevice = new Map<number, IoFlow[]>();
    for (const flow of this.#flows.values()) {
      const flows = byDevice.get(flow.device);
      if (flows === undefined) byDevice.set(flow.device, [flow]);
      else flows.push(flow);
    }
    const views = Array.from(byDevice, ([device, flows]) => this.#deviceView(device, flows));
    return { devices: views.sort(byFaultReads) };
  }

  #deviceView(device: number, all: readonly IoFlow[]): DeviceView {
    const { name = null, swap = false } = this.#devices.get(device) ?? {};
    const flows = all
      .map((flow) => flow.view())
      .filter(({ count }) => count > 0)
      .sort((a, b) => IO_ORIGINS.indexOf(a.origin) - IO_ORIGINS.indexOf(b.origin) || Number(a.write) - Number(b.write));
    return { device, name, swap, flows };
  }

  #applyCell(record: IoCellRecord): void {
    const flowKey = `${record.device} ${record.origin} ${record.write}`;
    const cellKey = `${flowKey} ${record.stage} ${record.bucket}`;
    const before = this.#cells.get(cellKey);
    this.#cells.set(cellKey, record);
    const count = record.count - (before?.count ?? 0);
    if (count <= 0) return;
    const flow = this.#flows.get(flowKey) ?? new IoFlow(record);
    this.#flows.set(flowKey, flow);
    const { stage, bucket, maxNs } = record;
    const totalNs = record.totalNs - (before?.totalNs ?? 0);
    flow.add(stage, { bucket, count, totalNs, maxNs, bytes: record.bytes - (before?.bytes ?? 0) });
  }
}

/** Most fault reads first, then most of the target's I/O, then most I/O. */
function byFaultReads(a: DeviceView, b: DeviceView): number {
  for (const counted of [isFaultRead, isTargets, () => true]) {
    const difference = countOf(b, counted) - countOf(a, counted);
    if (difference !== 0) return difference;
  }
  return a.device - b.device;
}

type Flow = DeviceView['flows'][number];

const isFaultRead = ({ origin, write }: Flow): boolean => origin === 'fault' && !write;
const isTargets = ({ origin }: Flow): boolean => origin !== 'others';

function countOf({ flows }: DeviceView, counted: (flow: Flow) => boolean): number {
  return flows.filter(counted).reduce((sum, { count }) => sum + count, 0);
}
