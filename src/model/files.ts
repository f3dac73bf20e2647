import type { FileFaultsRecord, FileRecord, ResidencyGapRecord, ResidencyRecord } from '../record/files.js';
import type { FaultRecord, MappingRecord } from '../record/record.js';
import type { FilesView } from './files-view.js';

/** Lays major faults to files. */
export class Files {
  apply(_record: FileRecord | FileFaultsRecord | ResidencyRecord | ResidencyGapRecord | MappingRecord): void {}

  applyFault(_record: FaultRecord): void {}

  view(): FilesView | null {
    return null;
  }
}
