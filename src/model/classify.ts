import type { Cause } from './cause.js';
import { EXCEPTION, SUB_IDLE_M, SUB_PARKED, unpackCode } from './code.js';
import { syscallName } from './syscalls.js';

/** What a wait was: its cause, and the syscall it was in (null in a page fault taken in user mode). */
export interface WaitKind {
  readonly cause: Cause;
  readonly syscall: string | null;
}

/**
 * Lays a finished wait to its cause; the same cause and syscall are always the same object. docs/causes.md has the table
 * in prose; keep the two together.
 */
export function classifyWait(code: number, arch: string): WaitKind {
  const known = byTable.get(arch) ?? new Map<number, WaitKind>();
  byTable.set(arch, known);
  let kind = known.get(code);
  if (kind === undefined) {
    kind = theOne(classify(code, arch));
    known.set(code, kind);
  }
  return kind;
}

/** What has been looked up before: a snapshot asks for every wait of every thread. */
const byTable = new Map<string, Map<number, WaitKind>>();
const kinds = new Map<string, WaitKind>();

function theOne(kind: WaitKind): WaitKind {
  const key = `${kind.cause} ${kind.syscall}`;
  const known = kinds.get(key) ?? kind;
  kinds.set(key, known);
  return known;
}

function classify(code: number, arch: string): WaitKind {
  const { state, endedInMajorFault, nr, sub } = unpackCode(code);
  const syscall = nr === EXCEPTION ? null : syscallName(nr, arch);
  if (endedInMajorFault) return { cause: 'fault', syscall };
  if (state === 'stopped') return { cause: 'stopped', syscall };
  if (nr === EXCEPTION) return { cause: 'fault-other', syscall };
  if (FUTEX.has(syscall)) return { cause: sub === SUB_PARKED || sub === SUB_IDLE_M ? 'parked' : 'lock', syscall };
  return { cause: causeOfSyscall(syscall, state === 'uninterruptible'), syscall };
}

/**
 * The same for a wait that has not ended: whether a fault will count as major is not known yet. A read of a page sleeps
 * uninterruptibly (folio_wait_bit_common()), userfaultfd interruptibly (handle_userfault()): that is the best guess.
 */
export function classifyOpenWait(code: number, arch: string): WaitKind {
  const { state, nr } = unpackCode(code);
  if (nr === EXCEPTION && state === 'uninterruptible') return theOne({ cause: 'fault', syscall: null });
  return classifyWait(code, arch);
}

function causeOfSyscall(syscall: string | null, uninterruptible: boolean): Cause {
  if (SLEEP.has(syscall)) return 'sleep';
  if (POLL.has(syscall)) return 'poll';
  if (NET.has(syscall)) return 'net';
  if (FILE_LOCK.has(syscall) && !uninterruptible) return 'lock';
  if (ASYNC_IO.has(syscall)) return 'disk';
  // Block I/O and the locks of inodes sleep uninterruptibly; pipes, sockets and terminals interruptibly.
  if (READ_WRITE.has(syscall)) return uninterruptible ? 'disk' : 'net';
  if (FILE.has(syscall) && uninterruptible) return 'disk';
  return 'other';
}

function names(list: string): ReadonlySet<string | null> {
  return new Set(list.split(' '));
}

const FUTEX = names('futex futex_wait futex_waitv');
const SLEEP = names('nanosleep clock_nanosleep');
/** Waits for something to happen: descriptors, connections, signals, children. */
const POLL = names(
  'poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2 epoll_wait_old accept accept4 pause rt_sigsuspend rt_sigtimedwait wait4 waitid',
);
const NET = names('recvfrom recvmsg recvmmsg sendto sendmsg sendmmsg connect');
const FILE_LOCK = names('flock fcntl');
const ASYNC_IO = names('io_getevents io_pgetevents');
const READ_WRITE = names(
  'read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 sendfile splice tee vmsplice copy_file_range',
);
const FILE = names(
  'fsync fdatasync sync syncfs sync_file_range msync fallocate truncate ftruncate readahead fadvise64 open openat openat2 creat close close_range stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 getdents getdents64 rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat unlink unlinkat readlink readlinkat mknod mknodat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utimensat utime utimes futimesat flock fcntl lseek ioctl execve execveat getxattr setxattr fgetxattr fsetxattr listxattr flistxattr mount umount2',
);
