import { readlinkSync } from 'node:fs';

/** PROC_PID_INIT_INO and PROC_USER_INIT_INO, include/linux/proc_ns.h: the namespaces the kernel booted with. */
const INITIAL = { pid: 0xeffffffc, user: 0xeffffffd } as const;

/**
 * Whether we are in the namespace of that kind that the kernel booted with. The kernel's own events name processes by
 * their number in the initial PID namespace, so elsewhere the two do not agree; null where /proc does not say.
 */
export function inInitialNamespace(kind: 'pid' | 'user', procRoot = '/proc'): boolean | null {
  try {
    const inode = /^\w+:\[(\d+)\]$/.exec(readlinkSync(`${procRoot}/self/ns/${kind}`))?.[1];
    return inode === undefined ? null : Number(inode) === INITIAL[kind];
  } catch {
    return null;
  }
}
