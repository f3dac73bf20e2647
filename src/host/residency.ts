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
 * How much of some files is in the page cache, in their order, by one run of fincore(1): one cachestat(2) each from util-linux
 * 2.40 and Linux 6.5 on, and mincore(2) over all of it before, which takes long for huge files. `slow`: not done in
 * `limitMs`. It opens the files to read and reads nothing.
 *
 * On an overlay file system cachestat(2) looks at the overlay's own pages, of which there are none; enosys(1) keeps
 * fincore from using it. Where that is not installed, nought is no answer.
 */
export async function readResidency(
  { fincore, enosys }: ResidencyTools,
  {
    paths,
    isOverlay,
    limitMs,
  }: { readonly paths: readonly string[]; readonly isOverlay: boolean; readonly limitMs: number },
): Promise<readonly (Residency | 'slow' | 'failed')[]> {
  const ask = [fincore, '--bytes', '--noheadings', '--output', 'RES,SIZE,FILE', '--', ...paths];
  const [program = '', ...args] = isOverlay && enosys !== null ? [enosys, '--syscall', 'cachestat', ...ask] : ask;
  const maxBuffer = 4096 * paths.length;
  const options = { ...CLEAN_ENVIRONMENT, stdin: 'ignore', reject: false, timeout: limitMs, maxBuffer } as const;
  const { stdout, timedOut } = await execa(program, args, options);
  const found = parseFincore(stdout);
  return paths.map((path) => {
    const residency = found.get(path);
    if (residency === undefined) return timedOut ? 'slow' : 'failed';
    return isOverlay && enosys === null && residency.residentBytes === 0n ? 'failed' : residency;
  });
}

/** Lines of `RES SIZE FILE`, in bytes, by file; what is something else is left out. */
export function parseFincore(text: string): ReadonlyMap<string, Residency> {
  const lines = text.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)$/.exec(line) ?? []);
  return new Map(
    lines.flatMap(([, resident, size, path]) =>
      resident === undefined || size === undefined || path === undefined
        ? []
        : [[path, { residentBytes: BigInt(resident), sizeBytes: BigInt(size) }]],
    ),
  );
}
