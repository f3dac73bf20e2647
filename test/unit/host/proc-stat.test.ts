import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBytes } from '../../../src/host/proc-file.js';
import { hasEnded, isKernelThread, parseStat } from '../../../src/host/proc-stat.js';
import { statText } from './fake-proc.js';

describe('a stat line', () => {
  test('from Linux 6.18 gives every field by its number in proc_pid_stat(5)', () => {
    const text =
      '15275 (many) S 15200 15263 13454 0 -1 4194304 10469 0 12 0 1 74 0 0 20 0 5001 0 159957 188207104 10611 ' +
      '18446744073709551615 94003008966656 94003008967209 140723860676080 0 0 0 0 6 0 0 0 0 17 0 0 0 0 0 0 ' +
      '94003008978384 94003008979000 94003111051264 140723860679416 140723860679428 140723860679428 140723860680689 0\n';
    expect(parseStat(text)).toEqual({
      commBytes: 'many',
      state: 'S',
      parentPid: 15200,
      flags: 4194304,
      minorFaults: 10469,
      majorFaults: 12,
      userTicks: 1,
      systemTicks: 74,
      threads: 5001,
      startTicks: 159957,
      rssPages: 10611,
    });
  });

  test.each([
    ['a closing parenthesis', ') R 1 1'],
    ['a whole stat line', 'x) Z 9 9 9 9 9 9 9 9 9 9 9 9'],
    ['a newline', '\nM 1 2 3\n'],
    ['parentheses within parentheses', '((sd-pam))'],
    ['blanks', ' a  b '],
    ['an escape sequence', '\x1b[31mred'],
    ['nothing', ''],
  ])('is not confused by a name made of %s', (_what, comm) => {
    const stat = parseStat(statText(5, { comm, state: 'D', majorFaults: 77, startTicks: 123 }));
    expect(stat).toMatchObject({ commBytes: comm, state: 'D', majorFaults: 77, startTicks: 123 });
  });

  test('gives back any name of fifteen bytes and the fields behind it', () => {
    const name = fc.uint8Array({ maxLength: 15 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    fc.assert(
      fc.property(name, fc.nat(), (comm, majorFaults) => {
        expect(parseStat(statText(5, { comm, majorFaults }))).toMatchObject({ commBytes: comm, majorFaults });
      }),
    );
  });

  test('that is cut short or is something else is null, and never an exception', () => {
    const whole = statText(5);
    for (const text of ['', '5', '5 (app', '5 (app)', '5 (app) S 1', ') S (']) expect(parseStat(text)).toBeNull();
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), fc.string(), (at, junk) => {
        parseStat(whole.slice(0, at) + junk);
      }),
    );
  });

  test('of this very process says who we are', () => {
    const stat = parseStat(readFileSync('/proc/self/stat', 'latin1'));
    expect(stat).toMatchObject({ parentPid: process.ppid });
    expect(stat?.threads).toBeGreaterThan(1);
  });
});

test('a name in UTF-8 is decoded, a broken one shows the replacement character', () => {
  expect(fromBytes(Buffer.from('größe').toString('latin1'))).toBe('größe');
  expect(fromBytes('caf\xe9')).toBe('caf\ufffd');
});

test('a kernel thread is known by PF_KTHREAD', () => {
  expect(parseStat(statText(2, { flags: 2129984 }))).toSatisfy(isKernelThread);
  expect(parseStat(statText(2, { flags: 4194304 }))).not.toSatisfy(isKernelThread);
});

test('a zombie has ended unless other threads live on', () => {
  expect(parseStat(statText(5, { state: 'Z', threads: 1 }))).toSatisfy(hasEnded);
  expect(parseStat(statText(5, { state: 'Z', threads: 3 }))).not.toSatisfy(hasEnded);
  expect(parseStat(statText(5, { state: 'D', threads: 1 }))).not.toSatisfy(hasEnded);
});
