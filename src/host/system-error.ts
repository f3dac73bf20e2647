import { errnoOf } from '../errors.js';

/**
 * True where a /proc file is not there any more: ENOENT when its directory has gone, ESRCH when the task ended between
 * open and read (fs/proc/base.c).
 */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ESRCH';
}

/** True where the kernel refused for lack of privilege. */
export function isForbidden(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'EACCES' || errno === 'EPERM';
}

/** What `read` gives; null where what it reads is gone, or not for us to see. */
export function readVisible<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isMissing(error) || isForbidden(error)) return null;
    throw error;
  }
}
