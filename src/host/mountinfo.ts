import { errnoOf } from '../errors.js';
import { chunksOf, linesOf } from './proc-lines.js';
import { isForbidden, isMissing } from './system-error.js';

/**
 * What kind of file system is on a device (major << 20 | minor), as far as a process sees it mounted, from
 * /proc/PID/mountinfo; nothing where that is gone, or not for us to see.
 */
export function fileSystemTypes(path: string): ReadonlyMap<number, string> {
  try {
    return parseTypes(linesOf(chunksOf(path)));
  } catch (error) {
    // A process that has ended and is not reaped has no mounts any more: EINVAL (mounts_open_common(), fs/proc_namespace.c).
    if (isMissing(error) || isForbidden(error) || errnoOf(error) === 'EINVAL') return new Map();
    throw error;
  }
}

/** `id parent major:minor root mountpoint options [optional fields] - type source options` (proc_pid_mountinfo(5)). */
const MOUNT = /^\d+ \d+ (\d+):(\d+) .*? - (\S+) /;

function parseTypes(lines: Iterable<string>): Map<number, string> {
  const types = new Map<number, string>();
  for (const line of lines) {
    const [, major, minor, type] = MOUNT.exec(line) ?? [];
    if (type !== undefined) types.set(Number(major) * 2 ** 20 + Number(minor), type);
  }
  return types;
}
