import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXCEPTION, UNKNOWN_SYSCALL } from '../../../src/model/code.js';
import { syscallName } from '../../../src/model/syscalls.js';

test.each([
  [0, 'read'],
  [7, 'poll'],
  [17, 'pread64'],
  [35, 'nanosleep'],
  [202, 'futex'],
  [230, 'clock_nanosleep'],
  [232, 'epoll_wait'],
  [281, 'epoll_pwait'],
  [334, 'rseq'],
  [424, 'pidfd_send_signal'],
  [426, 'io_uring_enter'],
  [434, 'pidfd_open'],
  [441, 'epoll_pwait2'],
  [449, 'futex_waitv'],
  [455, 'futex_wait'],
  [462, 'mseal'],
  [469, 'file_setattr'],
])('system call %i of x86-64 is %s', (nr, name) => {
  expect(syscallName(nr, 'x86_64')).toBe(name);
});

const HEADER = ['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h'].find((path) =>
  existsSync(path),
);

test.skipIf(HEADER === undefined)("every name is the one in the kernel's own header", () => {
  const defined = [...readFileSync(HEADER ?? '', 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
  expect(defined.length).toBeGreaterThan(300);
  for (const [, name = '', nr] of defined) expect(syscallName(Number(nr), 'x86_64')).toBe(name);
});

test('numbers from 424 on are the same everywhere; lower ones of other architectures stay numbers', () => {
  expect(syscallName(426, 'aarch64')).toBe('io_uring_enter');
  expect(syscallName(0, 'aarch64')).toBe('syscall 0');
});

test('a number without a name is shown as it is', () => {
  for (const nr of [335, 423, 470, 1000, EXCEPTION - 2]) expect(syscallName(nr, 'x86_64')).toBe(`syscall ${nr}`);
});

test('where no number was read there is no name', () => {
  expect(syscallName(UNKNOWN_SYSCALL, 'x86_64')).toBeNull();
});
