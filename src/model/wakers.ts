import type { WakeChainRecord, WakeRecord, WakerNameRecord } from '../record/wakers.js';
import type { WakersView } from './wakers-view.js';

/** Keeps account of who ended the waits of the target's threads (bpf/wakers.bt). */
export class Wakers {
  applyState(_running: boolean): void {}

  apply(_record: WakeRecord | WakerNameRecord | WakeChainRecord): void {}

  view(): WakersView | null {
    return null;
  }
}
