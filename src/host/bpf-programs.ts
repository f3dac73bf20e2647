import { readdirSync, readlinkSync } from 'node:fs';
import { readProcFile } from './proc-file.js';
import { readVisible } from './system-error.js';

/** What a process holds of the kernel's: descriptors of BPF programs and maps. */
export interface BpfObjects {
  readonly pid: number;
  readonly programs: readonly string[];
  readonly maps: readonly string[];
}

/** A wrapper that enters another root may stay its parent. */
const DEEPEST = 3;

/** Those of a process, or else of the first of its descendants that has any; null where none has. */
export function findBpfObjects(pid: number, depth = 0): BpfObjects | null {
  const objects = objectsOf(pid);
  if (objects.programs.length > 0) return objects;
  if (depth >= DEEPEST) return null;
  for (const child of childrenOf(pid)) {
    const found = findBpfObjects(child, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Run time of all programs since they were loaded, as far as the kernel counted it; null where one is gone. */
export function programRunTimeNs({ pid, programs }: BpfObjects): bigint | null {
  return sumOf(pid, programs, /^run_time_ns:\s*(\d+)$/m);
}

/** Kernel memory that programs and maps are charged with; null where one is gone. */
export function kernelMemoryBytes({ pid, programs, maps }: BpfObjects): number | null {
  const bytes = sumOf(pid, [...programs, ...maps], /^memlock:\s*(\d+)$/m);
  return bytes === null ? null : Number(bytes);
}

function sumOf(pid: number, fds: readonly string[], figure: RegExp): bigint | null {
  let sum = 0n;
  for (const fd of fds) {
    const found = figure.exec(readVisible(() => readProcFile(`/proc/${pid}/fdinfo/${fd}`)) ?? '');
    if (found?.[1] === undefined) return null;
    sum += BigInt(found[1]);
  }
  return sum;
}

function objectsOf(pid: number): BpfObjects {
  const links = (readVisible(() => readdirSync(`/proc/${pid}/fd`)) ?? []).map(
    (fd) => [fd, readVisible(() => readlinkSync(`/proc/${pid}/fd/${fd}`))] as const,
  );
  const named = (name: string): string[] => links.flatMap(([fd, link]) => (link === name ? [fd] : []));
  return { pid, programs: named('anon_inode:bpf-prog'), maps: named('anon_inode:bpf-map') };
}

/** None where the kernel does not tell (CONFIG_PROC_CHILDREN). */
function childrenOf(pid: number): number[] {
  const text = readProcFile(`/proc/${pid}/task/${pid}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}
