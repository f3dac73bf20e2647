import { readFileSync } from 'node:fs';

/** One line of /proc/meminfo, bytes; NaN where there is none of that name. */
export function meminfoBytes(name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/meminfo', 'utf8'));
  return Number(line?.[1]) * 1024;
}
