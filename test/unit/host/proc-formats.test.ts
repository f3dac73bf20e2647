import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageSizeBytes, parsePageSize } from '../../../src/host/page-size.js';
import { readProcFile } from '../../../src/host/proc-file.js';
import { parseSchedstat } from '../../../src/host/proc-schedstat.js';
import { effectiveCapabilities, parseStatus, statusNumber } from '../../../src/host/proc-status.js';
import { parseSyscall } from '../../../src/host/proc-syscall.js';
import { parseVmstat } from '../../../src/host/proc-vmstat.js';

describe('schedstat', () => {
  test('keeps nanoseconds beyond 2^53 exact', () => {
    expect(parseSchedstat('9007199254740993 79788 1\n')).toEqual({
      onCpuNs: 9007199254740993n,
      runQueueNs: 79788n,
      timesRun: 1n,
    });
  });

  test('of another shape is null', () => {
    for (const text of ['', '1 2', '1 2 3 4', '-1 2 3', 'a b c']) expect(parseSchedstat(text)).toBeNull();
  });
});

describe('the syscall a thread is blocked in', () => {
  test('is its number and second argument', () => {
    const text = '202 0x7f7b6dffb000 0x189 0x0 0x0 0x0 0xffffffff 0x7ffddbf1ed78 0x7f7b6e1772ad\n';
    expect(parseSyscall(text)).toEqual({ syscall: 202, arg1: 0x189n });
  });

  test('is -1 with no argument inside a page fault', () => {
    expect(parseSyscall('-1 0x7ffddbf1ed78 0x7f7b6e1772ad\n')).toEqual({ syscall: -1, arg1: 0n });
  });

  test('keeps an argument of 64 bits', () => {
    expect(parseSyscall('0 0x3 0xfffffffffffffff1 0x1 0x0 0x0 0x0 0x1 0x1\n')?.arg1).toBe(0xfffffffffffffff1n);
  });

  test('is null for a running thread and for garbage', () => {
    for (const text of ['running\n', '', '202', 'x 0x1 0x2']) expect(parseSyscall(text)).toBeNull();
  });
});

describe('status', () => {
  test('gives numbers and capabilities by name', () => {
    const status = parseStatus('Name:\tapp\nTgid:\t42\nCapEff:\t000001fffeffffff\nodd line\n');
    expect(statusNumber(status, 'Tgid')).toBe(42);
    expect(statusNumber(status, 'Name')).toBeNull();
    expect(statusNumber(status, 'Absent')).toBeNull();
    expect(effectiveCapabilities(status)).toBe(0x1fffeffffffn);
  });

  test('without capabilities grants none', () => {
    expect(effectiveCapabilities(parseStatus('Name:\tapp\n'))).toBe(0n);
  });
});

test('a vmstat counter is not mistaken for one whose name ends or begins the same', () => {
  const text = 'thp_pgfault 1\npgfault_x 2\npgfault 4242\npgmajfault 17\n';
  expect(parseVmstat(text, 'pgfault')).toBe(4242);
  expect(parseVmstat(text, 'absent')).toBeNull();
});

test('the page size comes from the auxiliary vector', () => {
  const auxv = Buffer.alloc(48);
  auxv.writeBigUInt64LE(3n, 0);
  auxv.writeBigUInt64LE(6n, 16);
  auxv.writeBigUInt64LE(65536n, 24);
  expect(parsePageSize(auxv)).toBe(65536);
  expect(parsePageSize(Buffer.alloc(32))).toBeNull();
  expect([4096, 16384, 65536]).toContain(pageSizeBytes());
});

test('no parser ever throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseSchedstat(text);
      parseSyscall(text);
      effectiveCapabilities(parseStatus(text));
      parseVmstat(text, 'pgfault');
    }),
  );
});

describe('a file of /proc', () => {
  test('is read whole although it comes a page at a time', () => {
    const lineNames = (text: string): string[] => text.split('\n').map((line) => line.split(/[ :]/)[0] ?? '');
    const text = readProcFile('/proc/self/smaps') ?? '';
    expect(text.length).toBe(64 * 1024);
    expect(lineNames(readProcFile('/proc/vmstat') ?? '')).toEqual(lineNames(readFileSync('/proc/vmstat', 'latin1')));
  });

  test('of a process that is gone is null', () => {
    expect(readProcFile('/proc/99999999/stat')).toBeNull();
  });

  test('that cannot be read for another reason is an error, not an absence', () => {
    expect(() => readProcFile('/proc/self/task')).toThrow(/EISDIR/);
  });
});
