import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/diagnosis/finding.js';
import { describeExit, renderReport } from '../../../src/export/text-report.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { columnsOf } from '../../../src/text/cell.js';
import { stacksView } from '../../support/stacks.js';
import { anyDiagnosis, fullDiagnosis, NOTHING_FOUND } from './diagnoses.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { fullProgram } from './program-views.js';
import { anySnapshot, emptySnapshot, fullSnapshot, threadView } from './snapshots.js';

const linesOf = (snapshot: Snapshot, diagnosis: Diagnosis = NOTHING_FOUND) =>
  renderReport(snapshot, diagnosis).trimEnd().split('\n');
/** As one text, line breaks aside. */
const textOf = (snapshot: Snapshot, diagnosis: Diagnosis = NOTHING_FOUND) =>
  renderReport(snapshot, diagnosis).replace(/\s+/g, ' ');

describe('the report left on the terminal', () => {
  test('names the target, its runtime, the time, the faults and the coverage', () => {
    const text = textOf(fullSnapshot());
    expect(text).toMatch(/^coldmmap\[4711\] \(go1\.22\.3\) observed for 00:02/);
    expect(text).toMatch(/10 major faults, p50 92us, p99 410us, max 31\.0ms; threads were blocked in them for/);
    expect(text).toContain("coverage 100% of the kernel's count, lost 3");
  });

  test('says what it means before any figure: findings with what would help, the worst first', () => {
    const lines = linesOf(fullSnapshot(), fullDiagnosis());
    expect(lines[1]).toMatch(/^STALL {4}Both Ps were stuck in major faults 55 % of the time/);
    expect(lines[2]).toBe('         try Read /data/index.db with pread.');
    expect(lines[3]).toBe('         try GOMAXPROCS 6.');
    const count = fullDiagnosis().findings.length;
    expect(lines).toContain(`and ${count - 3} more; the summary has them all`);
  });

  test('says right below the head how far its recording can be trusted, the last warnings of many', () => {
    const report = (warnings: readonly string[]) => renderReport(fullSnapshot(), NOTHING_FOUND, warnings).split('\n');
    expect(report(['it breaks off after 00:02: \x1b[2Jcut off'])[1]).toBe(
      'warning  the recording: it breaks off after 00:02: cut off',
    );
    const many = report(['gap 1', 'gap 2', 'gap 3', 'gap 4', 'no end']).slice(1, 5);
    expect(many).toEqual([
      'warning  the recording: gap 3',
      'warning  the recording: gap 4',
      'warning  the recording: no end',
      '         and 2 more warnings of this kind',
    ]);
  });

  test('says that there is nothing to report where that is so', () => {
    const allClear = 'Nothing to report: 0 major faults a second.';
    expect(linesOf(fullSnapshot(), { ...NOTHING_FOUND, allClear })[1]).toBe(allClear);
  });

  test('tells capacity, full stalls, level and lost parallelism', () => {
    const text = textOf(fullSnapshot());
    expect(text).toContain(
      'capacity 2 (GOMAXPROCS, read from the process); full stalls 55% of the time, 412 full stalls of 1ms or more, ' +
        'the longest 31.0ms at 00:00; lost parallelism 63%',
    );
    expect(text).toContain('0: 30%, 1: 15%, 2: 55%');
  });

  test('tells no full stall where no capacity is known, but how many threads were stuck', () => {
    const { stalls } = fullProgram();
    if (stalls === null) throw new Error('the full program has no stalls');
    const text = textOf({ ...emptySnapshot(), stalls: { ...stalls, capacity: null, lostParallelism: null } });
    expect(text).not.toMatch(/full stall|capacity|parallelism/);
    expect(text).toContain('0: 30%, 1: 15%, 2: 55%');
  });

  test('counts levels from 8 on together', () => {
    const { stalls } = fullProgram();
    if (stalls === null) throw new Error('the full program has no stalls');
    const levelNs = new Array<number>(30).fill(stalls.sampledNs / 30);
    expect(textOf({ ...emptySnapshot(), stalls: { ...stalls, levelNs } })).toContain('7: 3%, more: 73%');
  });

  test('names the goroutine functions with most fault time and what of it held a P', () => {
    const lines = linesOf(fullSnapshot());
    expect(lines.find((line) => line.includes('main.(*Index).scan'))).toMatch(/ 9 +900us +410us +89%$/);
    expect(lines.find((line) => line.includes('no goroutine'))).toMatch(/ 1 +0ns +0ns +0%$/);
  });

  test('tells symptoms and requests', () => {
    const text = textOf(fullSnapshot());
    expect(text).toContain('user 0.21 CPUs, system 0.40; on average 1.8 threads in disk I/O');
    expect(text).toContain('user 20%, system 25%, iowait 45%, idle 9%, steal 1%');
    expect(text).toContain('held up for memory 13%/6%, I/O 75%/50%');
    expect(text).toContain('5.0k, p50 800us, p99 31.0ms, max 40.0ms; those in a full stall mean 2.0ms, p99 31.0ms');
  });

  test('names the code that took the faults, innermost function first, threads together, five paths at most', () => {
    const lines = linesOf({
      ...emptySnapshot(),
      stacks: stacksView([
        { line: 'main;example.com/store/index.lookup;filemap_fault_[k]', count: 30, totalNs: 300 },
        { line: 'main;example.com/store/index.lookup', count: 30, totalNs: 300, tid: 7 },
        { line: '[no stack]', count: 10, totalNs: 100, tid: null },
        ...['a', 'b', 'c', 'd'].map((name) => ({ line: `main;${name}`, count: 10, totalNs: 75 })),
      ]),
    });
    const at = lines.findIndex((line) => line.startsWith('stacks '));
    expect(lines[at]).toContain('innermost first: 110 in 1.0us; 9% without a stack');
    const paths = lines.filter((line) => /^ +\d+% {2}/.test(line));
    expect(paths.slice(0, 3)).toEqual(['   60%  index.lookup < main', '   10%  [no stack]', '    8%  a < main']);
    expect(paths).toHaveLength(5);
  });

  test('shows what other capacities would bring, and which one is enough', () => {
    const lines = linesOf(fullSnapshot(), fullDiagnosis());
    const at = lines.findIndex((line) => line.startsWith('what if'));
    expect(lines[at + 1]).toMatch(/^ {2}2 \(as it is\) +28% to 55% +30% to 60%$/);
    expect(lines[at + 4]).toMatch(/^ {2}8 +7% to 14% +8% to 15%$/);
    expect(lines[at + 5]).toBe('  full stalls under 1%: at 16; the same reads as pread: 0%');
  });

  test('tells how much of the lock waits was behind faults', () => {
    const text = textOf(fullSnapshot()).replaceAll(/\s+/g, ' ');
    expect(text).toContain('62% of the lock waits (1.2s of 2.0s) behind major faults');
  });

  test('tells the files with most fault time, how they are read and how much of them is in memory', () => {
    const text = textOf(fullSnapshot());
    expect(text).toContain(
      'files /data/index.db (deleted): 9 faults, 890us (98%); 1.0GiB of 4.0GiB in memory at 00:01; clustered, 80% of the ' +
        'faults in 5% of it',
    );
    expect(text).toContain('anonymous memory: about 1 fault, 10us (1%) and 3 more');
  });

  test('says nothing of what was not measured', () => {
    expect(textOf(emptySnapshot())).not.toMatch(
      /files|stall|goroutine|process {2}|host {2}|requests|stacks|locks|what if/,
    );
  });

  test('lists threads with major faults, longest blocked first, five at most', () => {
    const threads = Array.from({ length: 14 }, (_, n) =>
      threadView({ id: `${n}`, tid: 100 + n, name: `t${n}`, majorFaults: n, faultWaitNs: n * 1000 }),
    );
    const lines = linesOf({ ...emptySnapshot(), threads });
    const tids = lines.flatMap((line) => /^ +(1\d\d) /.exec(line)?.[1] ?? []);
    expect(tids).toEqual(['113', '112', '111', '110', '109']);
    expect(lines).toContain('  and 8 more threads with major faults');
  });

  test('shows the newest notes and counts the others', () => {
    const blank = emptySnapshot();
    const notes = Array.from({ length: 9 }, (_, n) => ({ atNs: n * 60e9, text: `note ${n}` }));
    const lines = linesOf({ ...blank, quality: { ...blank.quality, notes } });
    expect(lines.slice(-4)).toEqual([
      '  6 earlier notes are in the summary',
      '  at 06:00: note 6',
      '  at 07:00: note 7',
      '  at 08:00: note 8',
    ]);
  });

  test('of a session in which all is known has less than fifty lines', () => {
    const threads = Array.from({ length: 14 }, (_, n) => threadView({ id: `${n}`, tid: 100 + n, majorFaults: 1 }));
    expect(linesOf({ ...fullSnapshot(), threads }, fullDiagnosis()).length).toBeLessThan(60);
  });

  test('has no more than sixty lines, whatever there is to tell, and says that it was cut', () => {
    const full = fullSnapshot();
    const [device] = full.storage?.devices ?? [];
    if (device === undefined) throw new Error('a full snapshot has no device');
    const devices = [1, 2, 3].map((number) => ({ ...device, device: number }));
    const notes = Array.from({ length: 9 }, (_, n) => ({ atNs: n, text: 'word '.repeat(40) }));
    const lines = linesOf(
      { ...full, storage: { ...full.storage, devices }, quality: { ...full.quality, notes } },
      { ...fullDiagnosis(), findings: fullDiagnosis().findings.map((one) => ({ ...one, title: 'word '.repeat(40) })) },
    );
    expect(lines).toHaveLength(60);
    expect(lines.at(-1)).toBe('... the summary has the rest');
  });

  test.each(HOSTILE_NAMES)('keeps %j in its cell', (name) => {
    const { goroutines } = fullProgram();
    const rows = (named: string) =>
      linesOf({
        ...emptySnapshot(),
        threads: [threadView({ name: named, majorFaults: 1, faultWaitNs: 1 })],
        goroutines: goroutines && {
          ...goroutines,
          functions: goroutines.functions.map((entry) => ({ ...entry, start: named })),
        },
      });
    expect(rows(name).map(columnsOf)).toEqual(rows('plain').map(columnsOf));
  });

  test('is lines of printable characters under 80 columns, whatever anything calls itself', () => {
    fc.assert(
      fc.property(anySnapshot, anyDiagnosis, (snapshot, diagnosis) => {
        const lines = linesOf(snapshot, diagnosis);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
        expect(lines.filter((line) => columnsOf(line) > 79)).toEqual([]);
        expect(lines.length).toBeLessThanOrEqual(60);
      }),
    );
  });

  test('tells how a launched command ended', () => {
    expect(describeExit({ code: 3, signal: null })).toBe('ended with code 3');
    expect(describeExit({ code: null, signal: 'SIGKILL' })).toBe('was killed by SIGKILL');
    const { target } = emptySnapshot();
    const ended = { ...target, state: { alive: false as const, exit: { code: 3, signal: null } } };
    expect(textOf({ ...emptySnapshot(), target: ended })).toContain('until it ended with code 3');
  });
});
