import type { FaultStep, FileFaultsRecord, FileKey, FileRecord, ResidencyRecord } from '../../../src/record/files.js';
import type { FaultRecord, MappingRecord } from '../../../src/record/record.js';
import { BEGIN, fault } from './records.js';

const PAGE = 4096n;

/** dev_t of the kernel. */
export const DEVICE = 8 * 2 ** 20 + 1;

export const key = (inode: number): FileKey => ({ device: DEVICE, inode: BigInt(inode) });

/** Cumulative. */
export function faults(file: FileKey, count: number, totalNs: number, step: FaultStep = 'other'): FileFaultsRecord {
  return { kind: 'file-faults', ...file, step, count, totalNs };
}

export const NO_FILE: FileKey = { device: 0, inode: 0n };

export function named(file: FileKey, path: string | null, fields: Partial<FileRecord> = {}): FileRecord {
  return { kind: 'file', ...file, atNs: BEGIN, path, deleted: false, sizeBytes: null, ...fields };
}

export function resident(file: FileKey, residentBytes: bigint, sizeBytes: bigint, atNs = 0n): ResidencyRecord {
  return { kind: 'residency', ...file, atNs: BEGIN + atNs, residentBytes, sizeBytes };
}

/** `pages` pages at page `at` of the address space. */
export function mapping(at: number, pages: number, fields: Partial<MappingRecord> = {}): MappingRecord {
  return {
    kind: 'mapping',
    atNs: BEGIN,
    start: BigInt(at) * PAGE,
    end: BigInt(at + pages) * PAGE,
    of: 'anonymous',
    path: null,
    offset: 0n,
    device: 0,
    inode: 0n,
    ...fields,
  };
}

/** A single fault at a page of the address space, `index` pages into a file where the kernel tells. */
export function single(at: number, fields: Partial<FaultRecord> & { file?: FileKey; index?: number } = {}) {
  const { file, index = 0, ...own } = fields;
  const page = file === undefined ? null : { ...file, index: BigInt(index) };
  return fault(0n, { address: BigInt(at) * PAGE, page, ...own });
}
