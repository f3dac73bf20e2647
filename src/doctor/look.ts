import { readFileSync, statSync } from 'node:fs';
import { isForbidden } from '../host/system-error.js';

/** The text of a file of the kernel's; null where it cannot be read, for whatever reason. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Whether a path is there; `hidden` where we may not look. */
export function presence(path: string): 'present' | 'absent' | 'hidden' {
  try {
    statSync(path);
    return 'present';
  } catch (error) {
    return isForbidden(error) ? 'hidden' : 'absent';
  }
}

/** True where a release such as "5.10.0-28-amd64" is at least `major.minor`; null where it has no such form. */
export function isAtLeast(release: string, major: number, minor: number): boolean | null {
  const [, foundMajor, foundMinor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (foundMajor === undefined || foundMinor === undefined) return null;
  return Number(foundMajor) !== major ? Number(foundMajor) > major : Number(foundMinor) >= minor;
}
