import { statSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import { kernelNumber } from './block-devices.js';
import { mappedFilePath } from './mapped-file.js';
import type { Mapping } from './mappings.js';
import { holdInRoot } from './root-file.js';

/**
 * What `use` makes of the file of a mapping: the very file (proc_pid_map_files(5)); where we may not look there, which takes
 * CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, the one that has its path in the target's root or in ours, if it is the same.
 */
export function fromMappedFile<T>(pid: number, mapping: Mapping, use: (path: string) => T | null): T | null {
  const path = mapping.path ?? '';
  const ifSame = (one: string) => (isFile(one, mapping) ? use(one) : null);
  return use(mappedFilePath(pid, mapping)) ?? fromRoot(pid, path, ifSame) ?? ifSame(path);
}

/** What `use` makes of the file that the target has at a path. */
export function fromRoot<T>(pid: number, path: string, use: (path: string) => T | null): T | null {
  const held = holdInRoot(pid, path, { followLast: true });
  try {
    return held === null ? null : use(held.path);
  } finally {
    held?.close();
  }
}

function isFile(path: string, { device, inode }: Mapping): boolean {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return ino === inode && kernelNumber(Number(dev)) === device;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}
