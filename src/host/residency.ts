import { execa } from 'execa';
import { CLEAN_ENVIRONMENT } from './child-environment.js';
import { findProgram, searchPath } from './find-program.js';

export interface Residency {
  readonly residentBytes: bigint;
  readonly sizeBytes: bigint;
}

/** What tells how much of a file is in memory. */
export interface ResidencyTools {
  readonly fincore: string;
  /** enosys(1), which comes with the versions of fincore that need it; null where it is not installed. */
  readonly enosys: string | null;
}

/** fincore(1) of util-linux, and what goes with it; null where it is not installed. */
export function findResidencyTools(path: string | undefined): ResidencyTools | null {
  const find = (name: string) => findProgram(name, searchPath(path, '/usr/bin:/bin'));
  const fincore = find('fincore');
  return fincore === null ? null : { fincore, enosys: find('enosys') };
}

/**
 * How much of a file is in the page cache, by fincore(1): one cachestat(2) from util-linux 2.40 and Linux 6.5 on, and
 * mincore(2) over all of it before, which takes long for huge files. `slow`: not done in `limitMs`. It opens the file to
 * read and reads nothing.
 *
 * On an overlay file system cachestat(2) looks at the overlay's own pages, of which there are none; enosys(1) keeps
 * fincore from using it. Where that is not installed, nought is no answer.
 */
export async function readResidency(
  { fincore, enosys }: ResidencyTools,
  { path, isOverlay, limitMs }: { readonly path: string; readonly isOverlay: boolean; readonly limitMs: number },
): Promise<Residency | 'slow' | 'failed'> {
  const ask = [fincore, '--bytes', '--noheadings', '--output', 'RES,SIZE', '--', path];
  const [program = '', ...args] = isOverlay && enosys !== null ? [enosys, '--syscall', 'cachestat', ...ask] : ask;
  const options = { ...CLEAN_ENVIRONMENT, stdin: 'ignore', reject: false, timeout: limitMs, maxBuffer: 4096 } as const;
  const { stdout, timedOut, exitCode } = await execa(program, args, options);
  if (timedOut) return 'slow';
  const residency = exitCode === 0 ? parseFincore(stdout) : null;
  const isBlind = isOverlay && enosys === null && residency?.residentBytes === 0n;
  return residency === null || isBlind ? 'failed' : residency;
}

/** `RES SIZE` in bytes; null where it is something else. */
export function parseFincore(text: string): Residency | null {
  const [, resident, size] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (resident === undefined || size === undefined) return null;
  return { residentBytes: BigInt(resident), sizeBytes: BigInt(size) };
}
