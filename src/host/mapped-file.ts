import { type FileHandle, open, readlink } from 'node:fs/promises';
import { execa } from 'execa';
import { kernelNumber } from './block-devices.js';
import { CLEAN_ENVIRONMENT } from './child-environment.js';
import type { Mapping } from './mappings.js';
import { O_PATH } from './o-path.js';

/**
 * The very file of a mapping, whatever mount namespace it is in and whether it still has a name (proc_pid_map_files(5)),
 * held by a descriptor that its file system is not told of (O_PATH).
 */
export interface MappedFile {
  /** For others to open it, while it is held. */
  readonly path: string;
  readonly sizeBytes: bigint;
}

/**
 * Gives `use` the files of mappings, in their order: null for one where another file is mapped by now, or that cannot be
 * looked at. Only for file systems that answer: while one does not, Node can neither go on with other files nor exit.
 */
export async function withMappedFiles<T>(
  pid: number,
  mappings: readonly Mapping[],
  use: (files: readonly (MappedFile | null)[]) => T | Promise<T>,
): Promise<T> {
  const handles = await Promise.all(mappings.map((mapping) => openMapped(pid, mapping)));
  try {
    const files = mappings.map((mapping, index) => {
      const handle = handles[index] ?? null;
      return handle === null ? null : lookAt(handle, mapping);
    });
    return await use(await Promise.all(files));
  } finally {
    await Promise.all(handles.map((handle) => handle?.close()));
  }
}

/** Its size in bytes; null where another file is mapped there by now, or nobody answers. Never rejects. */
export async function mappedFileSize(pid: number, mapping: Mapping, isLocal: boolean): Promise<bigint | null> {
  if (!isLocal) return knownSize(pid, mapping);
  return withMappedFiles(pid, [mapping], ([file]) => file?.sizeBytes ?? null);
}

async function openMapped(pid: number, mapping: Mapping): Promise<FileHandle | null> {
  try {
    return await open(mappedFilePath(pid, mapping), O_PATH);
  } catch {
    return null;
  }
}

/** The kernel's link to the very file of a mapping. */
export function mappedFilePath(pid: number, { start, end }: Mapping): string {
  return `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
}

async function lookAt(handle: FileHandle, mapping: Mapping): Promise<MappedFile | null> {
  try {
    const { size, dev, ino } = await handle.stat({ bigint: true });
    const path = `/proc/${process.pid}/fd/${handle.fd}`;
    const name = await readlink(path);
    // Files that are deleted one after the other may have had one name. Overlays and btrfs call their devices otherwise.
    const isOther = kernelNumber(Number(dev)) === mapping.device && ino !== mapping.inode;
    return isOther || asInMaps(name) !== mapping.path ? null : { path, sizeBytes: size };
  } catch {
    return null;
  }
}

const LIMIT_MS = 2000;

/** What the kernel knows of it already, asked for by a process that can be given up: no server is asked (statx(2)). */
async function knownSize(pid: number, mapping: Mapping): Promise<bigint | null> {
  const path = mappedFilePath(pid, mapping);
  const args = ['--cached=always', '--dereference', '--format=%s', '--', path];
  const options = { ...CLEAN_ENVIRONMENT, stdin: 'ignore', reject: false, timeout: LIMIT_MS, maxBuffer: 4096 } as const;
  const { stdout } = await execa('stat', args, options);
  if (!/^\d+$/.test(stdout) || !(await isStillThere(path, mapping))) return null;
  return BigInt(stdout);
}

async function isStillThere(path: string, mapping: Mapping): Promise<boolean> {
  try {
    return asInMaps(await readlink(path)) === mapping.path;
  } catch {
    return false;
  }
}

/** The kernel's only escape in /proc/PID/maps (show_map_vma() in fs/proc/task_mmu.c). */
function asInMaps(path: string): string {
  return path.replaceAll('\n', '\\012');
}
