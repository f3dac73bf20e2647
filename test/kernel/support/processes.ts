import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { workloadPath } from './repository.js';
import { until } from './until.js';

/** A file of /proc; empty where the process is gone. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** Field 12 of /proc/PID/stat: major faults of all threads so far. */
export function majorFaultsOf(pid: number): number {
  const afterName = readProc(`${pid}/stat`).split(') ').at(-1) ?? '';
  return Number(afterName.split(' ')[9]);
}

/** Threads that a process has now; 0 where it is gone. */
export function threadsOf(pid: number): number {
  return Number(/^Threads:\s*(\d+)$/m.exec(readProc(`${pid}/status`))?.[1] ?? 0);
}

/** The children of a process, with the names of the programs they run. */
export function childrenOf(pid: number): { readonly pid: number; readonly comm: string }[] {
  const pids = readProc(`${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text !== '');
  return pids.map((child) => ({ pid: Number(child), comm: readProc(`${child}/comm`).trimEnd() }));
}

/** The most memory a process has had so far. */
export function peakMemoryKiB(pid: number): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1] ?? 0);
}

/** What the kernel says of a thread so far: /proc/PID/task/TID/schedstat. */
export function schedstatOf(pid: number, tid: number): { readonly onCpuNs: number; readonly runQueueNs: number } {
  const [onCpuNs = 0, runQueueNs = 0] = readProc(`${pid}/task/${tid}/schedstat`).split(' ').map(Number);
  return { onCpuNs, runQueueNs };
}

/** Where the descriptors of a process lead; none where it is gone. */
export function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Processes that trace `target`: bpftrace reads its script from stdin and has the PID as first parameter. */
export function bpftracesOf(target: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const argv = readProc(`${pid}/cmdline`).split('\0');
      return argv.some((argument, i) => argument === '-' && argv[i + 1] === String(target));
    });
}

/** True once a bpftrace has attached everything: it then waits for events in epoll_wait(2). */
export function hasAttached(bpftrace: number): boolean {
  return /^(232|281) /.test(readProc(`${bpftrace}/syscall`));
}

/** Numbers of the BPF programs that a process has loaded and keeps. */
export function bpfProgramsOf(pid: number): string[] {
  const ids = readdirSync(`/proc/${pid}/fdinfo`).map((fd) =>
    /^prog_id:\s*(\d+)$/m.exec(readProc(`${pid}/fdinfo/${fd}`)),
  );
  return ids.flatMap((match) => match?.[1] ?? []);
}

/** Waits until neither those BPF programs nor any bpftrace on that target is left. */
export async function nothingLeft(target: number, programs: readonly string[], deadlineMs?: number): Promise<void> {
  await until('the last bpftrace to end', () => bpftracesOf(target).length === 0, deadlineMs);
  await until('the kernel to let go of its programs', () => loaded(programs) === '');
}

/** Of these BPF programs, those that the kernel still has. */
function loaded(programs: readonly string[]): string {
  return execFileSync(workloadPath('bpfprograms'), [...programs], { encoding: 'utf8' });
}
