import { execa } from 'execa';
import { findProgram, searchPath } from './find-program.js';

export interface Residency {
  readonly residentBytes: bigint;
  readonly sizeBytes: bigint;
}

/** Path of fincore(1) of util-linux; null where it is not installed. */
export function findFincore(path: string | undefined): string | null {
  return findProgram('fincore', searchPath(path, '/usr/bin:/bin'));
}

/**
 * How much of a file is in the page cache, by fincore(1): one cachestat(2) from util-linux 2.40 and Linux 6.5 on, and
 * mincore(2) over all of it before, which takes long for huge files. `slow`: not done in `limitMs`. It opens the file to
 * read and reads nothing.
 */
export async function readResidency(
  fincore: string,
  file: string,
  limitMs: number,
): Promise<Residency | 'slow' | 'failed'> {
  const args = ['--bytes', '--noheadings', '--output', 'RES,SIZE', '--', file];
  const options = { stdin: 'ignore', reject: false, timeout: limitMs, maxBuffer: 4096 } as const;
  const { stdout, timedOut, exitCode } = await execa(fincore, args, options);
  if (timedOut) return 'slow';
  return (exitCode === 0 ? parseFincore(stdout) : null) ?? 'failed';
}

/** `RES SIZE` in bytes; null where it is something else. */
export function parseFincore(text: string): Residency | null {
  const [, resident, size] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (resident === undefined || size === undefined) return null;
  return { residentBytes: BigInt(resident), sizeBytes: BigInt(size) };
}
