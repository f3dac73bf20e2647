import { describe, expect, test } from 'vitest';
import { describeExit, renderReport } from '../../../src/export/text-report.js';
import { columnsOf } from '../../../src/text/cell.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { emptySnapshot, fullSnapshot, threadView } from './snapshots.js';

describe('the report left on the terminal', () => {
  test('names the target, the time, the faults and the coverage, within 80 columns', () => {
    const snapshot = { ...fullSnapshot(), quality: emptySnapshot().quality };
    const report = renderReport(snapshot);
    expect(report).toContain(`[${snapshot.target.pid}] observed for`);
    expect(report).toMatch(/major faults .*p50 .*p99 .*max /);
    expect(report).toMatch(/coverage .* of the kernel's count, lost \d/);
  });

  test('lists threads with major faults, longest blocked first, ten at most', () => {
    const threads = Array.from({ length: 14 }, (_, n) =>
      threadView({ id: `${n}`, tid: 100 + n, name: `t${n}`, majorFaults: n, faultWaitNs: n * 1000 }),
    );
    const lines = renderReport({ ...emptySnapshot(), threads }).split('\n');
    const tids = lines.flatMap((line) => /^ +(1\d\d) /.exec(line)?.[1] ?? []);
    expect(tids).toEqual(['113', '112', '111', '110', '109', '108', '107', '106', '105', '104']);
    expect(lines).toContain('  and 3 more threads with major faults');
  });

  test.each(HOSTILE_NAMES)('keeps %j in its cell', (name) => {
    const rows = (named: string) =>
      renderReport({
        ...emptySnapshot(),
        threads: [threadView({ name: named, majorFaults: 1, faultWaitNs: 1 })],
      }).split('\n');
    expect(rows(name).length).toBe(rows('plain').length);
    expect(rows(name).map(columnsOf)).toEqual(rows('plain').map(columnsOf));
    expect(rows(name).join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });

  test('tells how a launched command ended', () => {
    expect(describeExit({ code: 3, signal: null })).toBe('ended with code 3');
    expect(describeExit({ code: null, signal: 'SIGKILL' })).toBe('was killed by SIGKILL');
    const { target } = emptySnapshot();
    const ended = { ...target, state: { alive: false as const, exit: { code: 3, signal: null } } };
    expect(renderReport({ ...emptySnapshot(), target: ended })).toContain('until it ended with code 3');
  });
});
