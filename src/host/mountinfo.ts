import { chunksOf, linesOf } from './proc-lines.js';
import { readVisible } from './system-error.js';

/**
 * Devices (major << 20 | minor) of the overlay file systems that a process sees, from /proc/PID/mountinfo; none where that
 * is gone, or not for us to see.
 */
export function overlayDevices(path: string): ReadonlySet<number> {
  return readVisible(() => parseOverlays(linesOf(chunksOf(path)))) ?? new Set();
}

/** `id parent major:minor root mountpoint options [optional fields] - type source options` (proc_pid_mountinfo(5)). */
const OVERLAY = /^\d+ \d+ (\d+):(\d+) .* - overlay /;

function parseOverlays(lines: Iterable<string>): Set<number> {
  const devices = new Set<number>();
  for (const line of lines) {
    const [, major, minor] = OVERLAY.exec(line) ?? [];
    if (major !== undefined && minor !== undefined) devices.add(Number(major) * 2 ** 20 + Number(minor));
  }
  return devices;
}
