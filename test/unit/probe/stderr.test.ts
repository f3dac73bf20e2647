import { describe, expect, test } from 'vitest';
import { StderrReader } from '../../../src/probe/stderr.js';
import { stderrOf, VERSIONS } from './captures.js';

function reasonOf(lines: readonly string[]): string | null {
  const reader = new StderrReader();
  for (const line of lines) reader.line(line);
  return reader.reason;
}

const TYPES = 'the kernel describes its types otherwise than expected, or has no BTF (/sys/kernel/btf/vmlinux)';

describe.each(VERSIONS)('what bpftrace %s says on stderr', (version) => {
  test.each(['threads', 'entry', 'requests', 'storage', 'wakers'])(
    'is no failure where %s.bt ran, warnings and all',
    (script) => {
      expect(stderrOf(script, version).length).toBeGreaterThan(1);
      expect(reasonOf(stderrOf(script, version))).toBeNull();
    },
  );

  test.each([
    ['not-root', 'bpftrace must run as root'],
    ['no-tracefs', expect.stringContaining('mount -t tracefs tracefs /sys/kernel/tracing')],
    ['unknown-type', TYPES],
    ['unknown-field', TYPES],
    ['unknown-tracepoint', expect.stringContaining('tracepoint')],
    ['no-sock-tracepoint', expect.stringMatching(/^this kernel has no sock:sock_recv_length .*Linux 6.3 and later/)],
  ])('becomes one clear sentence: %s', (failure, sentence) => {
    expect(reasonOf(stderrOf(failure, version))).toEqual(sentence);
  });

  test.each(['not-root', 'no-tracefs', 'unknown-type', 'unknown-field', 'unknown-tracepoint', 'syntax'])(
    'never gives a warning, a source line or a caret for a reason: %s',
    (failure) => {
      const reason = reasonOf(stderrOf(failure, version));
      expect(reason).not.toBeNull();
      expect(reason).not.toMatch(/WARNING|RLIMIT|~~|\n|stdin:/);
    },
  );
});

test('a raw tracepoint that is refused is told by the words of that version', () => {
  expect(reasonOf(stderrOf('raw-tracepoint', '0.17.0'))).toBe('Invalid probe type made it to attachpoint parser');
  expect(reasonOf(stderrOf('raw-tracepoint', '0.23.2'))).toBeNull();
  expect(reasonOf(stderrOf('raw-tracepoint', '0.27.0'))).toMatch(/^Probe has no valid attach points/);
});

test('nothing said is no reason', () => {
  expect(reasonOf([])).toBeNull();
  expect(reasonOf(['', '   ', 'Attaching 5 probes...', 'Lost 12 events'])).toBeNull();
});

test('an error right after a warning with its source lines is the reason', () => {
  const lines = ['stdin:1:1-2: WARNING: odd', 'x = 1', '~~', 'stdin:3:1-2: ERROR: something is wrong', 'y = 2', '~~'];
  expect(reasonOf(lines)).toBe('something is wrong');
});

test('a flood of errors is kept short', () => {
  const reason = reasonOf(Array.from({ length: 10_000 }, () => `ERROR: ${'x'.repeat(2000)}`));
  expect(reason?.length).toBeLessThanOrEqual(500);
});
