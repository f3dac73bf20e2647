import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCapacity, parseInterval, parsePid, parseSize, parseTime } from '../../../src/commands/options.js';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';

/** The error that parsing ends in; fails where it does not end in one meant for the user. */
function refusal(parse: () => unknown): FaultscopeError {
  try {
    parse();
  } catch (error) {
    if (error instanceof FaultscopeError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('a time', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['10', 10_000],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    ['0.001', 1],
    ['0.5s', 500],
    ['90m', 5_400_000],
  ])('%s is %i milliseconds', (text, ms) => {
    expect(parseTime('--duration', text)).toBe(ms);
  });

  test.each([
    '',
    '0',
    '0s',
    '-1',
    '-5s',
    '5 s',
    's',
    '10x',
    '1e9',
    '0x10',
    '1,5s',
    'ten',
    '10sec',
    '1.2.3',
    '٣s',
    'Infinity',
    'NaN',
  ])('%j is none', (text) => {
    expect(refusal(() => parseTime('--duration', text))).toMatchObject({
      exitCode: ExitCode.usage,
      hint: 'give it as 500ms, 10s, 2m or 1h',
    });
  });

  test('names the option that is wrong', () => {
    expect(refusal(() => parseTime('--duration', 'soon')).line).toBe(
      '--duration soon is not a time: give it as 500ms, 10s, 2m or 1h',
    );
  });

  test('whatever is given is a positive number of milliseconds or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,12}(ms|s|m|h|d)?$/)), (text) => {
        let ms: number;
        try {
          ms = parseTime('--duration', text);
        } catch (error) {
          expect(error).toBeInstanceOf(FaultscopeError);
          return;
        }
        expect(Number.isFinite(ms)).toBe(true);
        expect(ms).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a process number', () => {
  test.each(['1', '42', '32768', '4194304'])('%s is one', (text) => {
    expect(parsePid('--pid', text)).toBe(Number(text));
  });

  test.each(['', '0', '-1', '007', '1.5', '4194305', '99999999999', '1e3', '0x1', ' 1', '1 ', 'self', '1;2'])(
    '%j is none',
    (text) => {
      expect(refusal(() => parsePid('--pid', text)).exitCode).toBe(ExitCode.usage);
    },
  );
});

describe('an interval', () => {
  test.each([
    ['100ms', 100],
    ['1s', 1000],
    ['1', 1000],
    ['0.25', 300],
    ['149ms', 100],
    ['1h', 3_600_000],
  ])('%s is %i ms, in whole tenths of a second', (text, ms) => {
    expect(parseInterval(text)).toBe(ms);
  });

  test.each(['99ms', '0.05', '61m', '2h', '999999999h'])('%s is out of range', (text) => {
    expect(refusal(() => parseInterval(text)).message).toContain('out of range');
  });
});

describe('a capacity', () => {
  test.each(['1', '2', '64', '4096'])('%s is one', (text) => {
    expect(parseCapacity(text)).toBe(Number(text));
  });

  test.each(['', '0', '-1', '4097', '99999', '1.5', '08', 'all', '1e2', ' 4'])('%j is none', (text) => {
    expect(refusal(() => parseCapacity(text))).toMatchObject({ exitCode: ExitCode.usage, hint: 'give 1 to 4096' });
  });
});

test('what is refused is quoted without anything that could act on a terminal', () => {
  const hostile = '1\x1b[2J\x1b]0;x\x07\n\u202e\u0000';
  for (const parse of [
    () => parseTime('--duration', hostile),
    () => parsePid('--pid', hostile),
    () => parseInterval(hostile),
    () => parseCapacity(hostile),
  ]) {
    expect(refusal(parse).line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

describe('a size', () => {
  test.each([
    ['1M', 2 ** 20],
    ['64M', 64 * 2 ** 20],
    ['2048K', 2 ** 21],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['16g', 16 * 2 ** 30],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize('--max-size', text)).toBe(bytes);
  });

  test.each(['', '64', '0M', '-1M', '17G', '4K', '1e3M', '64 M', '64T'])(
    '%j is refused with the option in the line',
    (text) => {
      expect(() => parseSize('--max-size', text)).toThrow(/^--max-size .*is (not a size|out of range)$/);
    },
  );
});
