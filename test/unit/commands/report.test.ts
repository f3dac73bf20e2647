import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { report } from '../../../src/commands/exits.js';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';

/** What is written to stderr, and the exit code. */
function reported(error: unknown): { text: string; exitCode: number } {
  const chunks: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
  try {
    const exitCode = report(error);
    return { text: chunks.join(''), exitCode };
  } finally {
    write.mockRestore();
  }
}

afterEach(() => vi.unstubAllEnvs());

test('an error meant for the user is one line: what is wrong, what to do, and its exit code', () => {
  const error = new FaultscopeError({ exitCode: ExitCode.target, message: 'no process 7', hint: 'see ps' });
  expect(reported(error)).toEqual({ text: 'faultscope: no process 7: see ps\n', exitCode: 4 });
  const short = new FaultscopeError({ exitCode: ExitCode.host, message: 'no tracefs' });
  expect(reported(short)).toEqual({ text: 'faultscope: no tracefs\n', exitCode: 3 });
});

test('whatever text it quotes, it stays one line without control characters', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('\n', '\r', '\x1b[2J', '\x1b]0;x\x07', '\x9b31m', '\u202e', '\u2028', 'x', '\0'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(hostile, hostile, fc.boolean(), (message, hint, ours) => {
      const { text } = reported(
        ours ? new FaultscopeError({ exitCode: ExitCode.usage, message, hint }) : new Error(message),
      );
      expect(text).toMatch(/^faultscope: .*\n$/);
      expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});

test('a defect is told as one, with exit code 1, and without its stack', () => {
  vi.stubEnv('FAULTSCOPE_DEBUG', '');
  const { text, exitCode } = reported(new TypeError('x is undefined'));
  expect(exitCode).toBe(ExitCode.failed);
  expect(text).toBe('faultscope: internal error: x is undefined (FAULTSCOPE_DEBUG=1 shows more)\n');
});

test('with FAULTSCOPE_DEBUG=1 the stack of a defect follows', () => {
  vi.stubEnv('FAULTSCOPE_DEBUG', '1');
  expect(reported(new TypeError('x is undefined')).text).toContain('report.test.ts');
});

test.each(['text', 42, null, undefined, { odd: true }])(
  'something thrown that is no error (%j) is a defect too',
  (thrown) => {
    expect(reported(thrown)).toMatchObject({
      exitCode: ExitCode.failed,
      text: expect.stringMatching(/^faultscope: internal error: .*\n$/),
    });
  },
);
