import { describe, expect, test } from 'vitest';
import type { Cause } from '../../../src/model/cause.js';
import { classifyOpenWait, classifyWait } from '../../../src/model/classify.js';
import { EXCEPTION, UNKNOWN_SYSCALL } from '../../../src/model/code.js';
import { code, FAULT, INTERRUPTIBLE, STOPPED, UNINTERRUPTIBLE } from './records.js';

const S = INTERRUPTIBLE;
const D = UNINTERRUPTIBLE;

const TABLE: readonly [what: string, state: number, nr: number, cause: Cause, syscall: string | null][] = [
  ['a mutex', S, 202, 'lock', 'futex'],
  ['futex_waitv', S, 449, 'lock', 'futex_waitv'],
  ['a pipe or terminal', S, 0, 'net', 'read'],
  ['a read from disk', D, 0, 'disk', 'read'],
  ['pread from disk', D, 17, 'disk', 'pread64'],
  ['a write to disk', D, 1, 'disk', 'write'],
  ['fsync', D, 74, 'disk', 'fsync'],
  ['fdatasync', D, 75, 'disk', 'fdatasync'],
  ['opening a file on a slow disk', D, 257, 'disk', 'openat'],
  ['poll', S, 7, 'poll', 'poll'],
  ['epoll_wait', S, 232, 'poll', 'epoll_wait'],
  ['epoll_pwait', S, 281, 'poll', 'epoll_pwait'],
  ['select', S, 23, 'poll', 'select'],
  ['accept', S, 43, 'poll', 'accept'],
  ['waiting for a child', S, 61, 'poll', 'wait4'],
  ['nanosleep', S, 35, 'sleep', 'nanosleep'],
  ['clock_nanosleep', S, 230, 'sleep', 'clock_nanosleep'],
  ['recvfrom', S, 45, 'net', 'recvfrom'],
  ['connect', S, 42, 'net', 'connect'],
  ['sendmsg', S, 46, 'net', 'sendmsg'],
  ['flock held by another', S, 73, 'lock', 'flock'],
  ['fcntl lock held by another', S, 72, 'lock', 'fcntl'],
  ['fcntl on disk', D, 72, 'disk', 'fcntl'],
  ['io_getevents', S, 208, 'disk', 'io_getevents'],
  ['io_uring_enter', S, 426, 'other', 'io_uring_enter'],
  ['ioctl to a device', S, 16, 'other', 'ioctl'],
  ['a page fault that was not major', D, EXCEPTION, 'fault-other', null],
  ['userfaultfd', S, EXCEPTION, 'fault-other', null],
  ['unknown registers', S, UNKNOWN_SYSCALL, 'other', null],
  ['a stop by a signal', STOPPED, 202, 'stopped', 'futex'],
];

describe('a finished wait in', () => {
  test.each(TABLE)('%s', (_what, state, nr, cause, syscall) => {
    expect(classifyWait(code(state, nr), 'x86_64')).toEqual({ cause, syscall });
  });
});

test('a wait that ended in a major fault is a fault, also inside a system call and also on unknown registers', () => {
  expect(classifyWait(FAULT, 'x86_64')).toEqual({ cause: 'fault', syscall: null });
  expect(classifyWait(code(D, 1, { major: true }), 'x86_64')).toEqual({ cause: 'fault', syscall: 'write' });
  expect(classifyWait(code(D, UNKNOWN_SYSCALL, { major: true }), 'x86_64')).toEqual({ cause: 'fault', syscall: null });
});

test('a futex used as a condition variable is a parked thread, not a lock', () => {
  expect(classifyWait(code(S, 202, { sub: 1 }), 'x86_64')).toEqual({ cause: 'parked', syscall: 'futex' });
});

test('on another architecture a number is not mistaken for the x86 call of that number', () => {
  expect(classifyWait(code(S, 202), 'aarch64')).toEqual({ cause: 'other', syscall: 'syscall 202' });
});

test('an open uninterruptible wait in a fault is taken for a major one, an interruptible one is not', () => {
  expect(classifyOpenWait(code(D, EXCEPTION), 'x86_64').cause).toBe('fault');
  expect(classifyOpenWait(code(S, EXCEPTION), 'x86_64').cause).toBe('fault-other');
  expect(classifyOpenWait(code(S, 202), 'x86_64').cause).toBe('lock');
});
