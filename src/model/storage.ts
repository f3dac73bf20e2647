import type { DeviceRecord, IoCellRecord } from '../record/storage.js';
import type { StorageView } from './storage-view.js';

/** Keeps account of block I/O by device (bpf/storage.bt). */
export class Storage {
  applyState(_running: boolean): void {}

  apply(_record: DeviceRecord | IoCellRecord): void {}

  view(): StorageView | null {
    return null;
  }
}
