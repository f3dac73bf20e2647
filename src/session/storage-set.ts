import { blockDeviceName, partitionsOfDisks, swapDevices } from '../host/block-devices.js';
import { monotonicNs } from '../host/clock.js';
import { StorageDecoder } from '../probe/decode-storage.js';
import { ProbeRunner } from '../probe/runner.js';
import { storageVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import type { DeviceRecord } from '../record/storage.js';
import { OptionalSet } from './optional-set.js';
import type { SessionOptions } from './session.js';
import { ticks } from './threads-set.js';

/** I/O in flight and histogram rows: 100 bytes of kernel memory each in each map. */
const MAP_KEYS = 2 ** 15;

/** bpf/storage.bt, and what its devices are called. */
export function storageSet(options: SessionOptions, emit: (record: FaultscopeRecord) => void): OptionalSet {
  const { target, intervalMs, bpftrace, host } = options;
  const newRunner = (): ProbeRunner => {
    const disks = partitionsOfDisks();
    let decoder = new StorageDecoder();
    const names = new DeviceNames(disks, emit);
    return new ProbeRunner({
      set: 'storage',
      bpftrace,
      host,
      variants: storageVariants(host.arch, disks),
      args: [target.pid, ticks(intervalMs)].map(String),
      mapKeys: MAP_KEYS,
      decoder: () => {
        decoder = new StorageDecoder();
        return decoder;
      },
      emit,
      onDump: { ended: () => names.tell(decoder.devices) },
      nowNs: monotonicNs,
    });
  };
  return new OptionalSet({ set: 'storage', emit, runner: newRunner });
}

/** Tells each device once, and again when swap comes to it or goes. */
class DeviceNames {
  readonly #disks: ReadonlyMap<number, number>;
  readonly #emit: (record: DeviceRecord) => void;
  readonly #told = new Map<number, DeviceRecord>();

  constructor(disks: ReadonlyMap<number, number>, emit: (record: DeviceRecord) => void) {
    this.#disks = disks;
    this.#emit = emit;
  }

  tell(devices: ReadonlySet<number>): void {
    if (devices.size === 0) return;
    const swaps = swapDevices(this.#disks);
    for (const device of devices) {
      const told = this.#told.get(device);
      const swap = swaps.has(device);
      if (told !== undefined && told.swap === swap) continue;
      // A name stays: a device that is gone is still known by it.
      const name = told?.name ?? blockDeviceName(device);
      const record: DeviceRecord = { kind: 'device', atNs: monotonicNs(), device, name, swap };
      this.#told.set(device, record);
      this.#emit(record);
    }
  }
}
