import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { fromBytes, readProcFile } from './proc-file.js';
import { parseStat, type StatLine } from './proc-stat.js';
import { isForbidden, readVisible } from './system-error.js';

/** All PIDs under a procfs, in ascending order. */
export function listPids(procRoot: string): readonly number[] {
  return readdirSync(procRoot)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** /proc/PID/stat; null where there is no such process (any more), or procfs hides it from us (hidepid=1). */
export function readProcessStat(procRoot: string, pid: number): StatLine | null {
  try {
    return parseStat(readProcFile(`${procRoot}/${pid}/stat`) ?? '');
  } catch (error) {
    if (isForbidden(error)) return null;
    throw error;
  }
}

/**
 * The command line as one outside string, arguments joined by blanks; empty for a zombie, a kernel thread, and where the
 * process is gone.
 */
export function readCommandLine(procRoot: string, pid: number): string {
  return readArguments(procRoot, pid).join(' ').trimEnd();
}

/** /proc/PID/cmdline as arguments (outside strings). A program that overwrites its title may leave a single one. */
export function readArguments(procRoot: string, pid: number): readonly string[] {
  const bytes = readProcFile(`${procRoot}/${pid}/cmdline`) ?? '';
  const text = fromBytes(bytes.endsWith('\0') ? bytes.slice(0, -1) : bytes);
  return text === '' ? [] : text.split('\0');
}

/** What /proc/PID/exe says (an outside string); null where there is none or the kernel does not let us look. */
export function readExecutable(procRoot: string, pid: number): string | null {
  return readVisible(() => readlinkSync(`${procRoot}/${pid}/exe`));
}

/** The file name of an executable; the kernel marks one that was deleted or replaced behind its name (d_path()). */
export function executableName(path: string): string {
  return basename(path.replace(/ \(deleted\)$/, ''));
}
