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

/** The mapping that holds an address; null where there is none. `mappings` is in order of address. */
export function mappingOf(mappings: readonly Mapping[], address: bigint): Mapping | null {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const mapping = mappings[middle];
    if (mapping !== undefined && mapping.end > address) high = middle;
    else low = middle + 1;
  }
  const mapping = mappings[low];
  return mapping !== undefined && mapping.start <= address ? mapping : null;
}

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
    ...placeOf(bytes, paths),
    offset: BigInt(`0x${offset}`),
    device: Number.parseInt(major, 16) * 2 ** 20 + Number.parseInt(minor, 16),
    inode: BigInt(inode),
  };
}

function placeOf(bytes: string, paths: Map<string, string>): Pick<Mapping, 'of' | 'path'> {
  if (bytes === '') return { of: 'anonymous', path: null };
  const path = paths.get(bytes) ?? fromBytes(bytes);
  paths.set(bytes, path);
  return { of: kindOf(path), path };
}

/** Devices that are file systems in memory: what is mapped of them is a file. */
const MEMORY_FILES = /^\/dev\/(shm|hugepages|mqueue)\//;

function kindOf(path: string): Mapping['of'] {
  if (path === '[heap]') return 'heap';
  if (path.startsWith('[stack')) return 'stack';
  // Memory shared between processes has no file either: shmem_zero_setup() in mm/shmem.c gives it this name.
  if (path.startsWith('[anon') || path === '/dev/zero (deleted)') return 'anonymous';
  const isFile = path.startsWith('/') && (!path.startsWith('/dev/') || MEMORY_FILES.test(path));
  return isFile ? 'file' : 'other';
}
