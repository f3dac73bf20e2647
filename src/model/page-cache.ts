import type {
  ActorRecord,
  EvictionsRecord,
  FaultCauseRecord,
  FillRecord,
  PageSamplingRecord,
  SingleCauseRecord,
} from '../record/page-cache.js';
import type { CauseShare } from './files-view.js';
import type { PageCacheView } from './page-cache-view.js';

/** Keeps account of who evicts the target's pages and who fills memory meanwhile (bpf/pagecache.bt). */
export class PageCache {
  applyState(_running: boolean, _atNs: bigint): void {}

  apply(
    _record: ActorRecord | EvictionsRecord | FillRecord | FaultCauseRecord | SingleCauseRecord | PageSamplingRecord,
  ): void {}

  /** Causes of the faults in one file; null where none is known. */
  causesOf(_device: number, _inode: bigint): readonly CauseShare[] | null {
    return null;
  }

  view(): PageCacheView | null {
    return null;
  }
}
