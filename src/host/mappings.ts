import type { FileKey } from '../record/files.js';
import type { MappingRecord } from '../record/record.js';
import { fromBytes } from './proc-file.js';
import { chunksOf, linesOf } from './proc-lines.js';
import { readVisible } from './system-error.js';

/** One line of /proc/PID/maps (proc_pid_maps(5)). */
export type Mapping = Omit<MappingRecord, 'kind' | 'atNs'>;

/** No process has that many unless max_map_count was raised far; the rest of such a file is left unread. */
const MAX_LINES = 200_000;

/**
 * All mappings of a process, in order of address, at most 200,000; none where it has ended or may not be looked at. The
 * kernel hands out a page of text a read, and holds the process's mmap_lock, or less, only for as long
 * (fs/proc/task_mmu.c), so that a process with many mappings is not held up by it.
 */
export function readMappings(path: string): readonly Mapping[] {
  return readVisible(() => parseChunks(chunksOf(path))) ?? [];
}

/** The path of a line without the kernel's mark of a file that has lost its name (d_path() in fs/d_path.c). */
export function nameOf(path: string): { readonly path: string; readonly deleted: boolean } {
  const deleted = path.endsWith(DELETED);
  return { path: deleted ? path.slice(0, -DELETED.length) : path, deleted };
}

const DELETED = ' (deleted)';

/** Parses text that comes in pieces, one character a byte; lines of another shape are left out. */
export function parseChunks(chunks: Iterable<string>): Mapping[] {
  const mappings: Mapping[] = [];
  /** Thousands of mappings have a handful of paths. */
  const paths = new Map<string, string>();
  for (const line of linesOf(chunks)) {
    const mapping = parseLine(line, paths);
    if (mapping !== null) mappings.push(mapping);
    if (mappings.length === MAX_LINES) return mappings;
  }
  return mappings;
}

/** `start-end perms offset major:minor inode   path`; a path may hold anything, a line feed as \012. */
const LINE = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) ([0-9a-f]+):([0-9a-f]+) (\d+) *(.*)$/s;

function parseLine(line: string, paths: Map<string, string>): Mapping | null {
  const [, start, end, offset, major = '0', minor = '0', inode = '0', bytes] = LINE.exec(line) ?? [];
  if (start === undefined || end === undefined || offset === undefined || bytes === undefined) return null;
  return {
    start: BigInt(`0x${start}`),
    end: BigInt(`0x${end}`),
    ...placeOf(bytes, major, paths),
    offset: BigInt(`0x${offset}`),
    device: Number.parseInt(major, 16) * 2 ** 20 + Number.parseInt(minor, 16),
    inode: BigInt(inode),
  };
}

/** How a line names its file, between its offset and its path. */
export function fileMark({ device, inode }: FileKey): string {
  const hex = (number: number): string => number.toString(16).padStart(2, '0');
  return `${hex(device >>> 20)}:${hex(device & 0xfffff)} ${inode} `;
}

function placeOf(bytes: string, major: string, paths: Map<string, string>): Pick<Mapping, 'of' | 'path'> {
  if (bytes === '') return { of: 'anonymous', path: null };
  const path = paths.get(bytes) ?? fromBytes(bytes);
  paths.set(bytes, path);
  return { of: kindOf(path, Number.parseInt(major, 16) === 0), path };
}

/** Devices that are file systems in memory: what is mapped of them is a file. */
const MEMORY_FILES = /^\/dev\/(shm|hugepages|mqueue)\//;

/**
 * What the kernel calls memory that processes share: System V segments (ipc/shm.c), memfd_create(2) (mm/memfd.c), anonymous
 * shared mappings (shmem_zero_setup() in mm/shmem.c, or named by prctl(2)). All are files of a file system without a device.
 */
const SHARED = /^(\/SYSV[0-9a-f]{8}|\/memfd:.*|\/dev\/zero) \(deleted\)$/s;

function kindOf(path: string, hasNoDevice: boolean): Mapping['of'] {
  if (path === '[heap]') return 'heap';
  if (path.startsWith('[stack')) return 'stack';
  if (path.startsWith('[anon_shmem:') || (hasNoDevice && SHARED.test(path))) return 'shared';
  // Huge pages (fs/hugetlbfs/inode.c).
  if (path.startsWith('[anon:') || path === '/anon_hugepage (deleted)') return 'anonymous';
  const isFile = path.startsWith('/') && (!path.startsWith('/dev/') || MEMORY_FILES.test(path));
  return isFile ? 'file' : 'other';
}
