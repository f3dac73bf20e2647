import { closeSync, openSync, readlinkSync } from 'node:fs';
import { O_PATH } from './o-path.js';
import { readProcFile } from './proc-file.js';

/**
 * Which file a path leads to, as a text to compare: of which mount, and its inode number, from the fdinfo of a descriptor that the
 * file system is not told of (proc_pid_fdinfo(5)); before Linux 5.14, where that does not have the number, its name. stat(2) would ask
 * the file system, and with it a server that may not answer. Null where there is none.
 */
export function heldInode(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, O_PATH);
    const info = readProcFile(`/proc/self/fdinfo/${fd}`);
    return info?.includes('\nino:') === true ? info : readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
