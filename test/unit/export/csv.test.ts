import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvPieces } from '../../../src/export/csv/csv-text.js';
import { playFaultsTable } from '../../../src/export/csv/faults-table.js';
import { playStallsTable } from '../../../src/export/csv/stalls-table.js';
import { renderThreadsTable } from '../../../src/export/csv/threads-table.js';
import { TIME_PARTS } from '../../../src/model/cause.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { bytesOf, playedBytes, recordedSession } from '../../support/exported.js';
import { readCsv } from '../../support/python.js';
import { BEGIN, FAULT, FAULT_LATENCY, fault, SECOND, SESSION, switchOut, tick, wait } from '../model/records.js';
import { HOSTILE_NAMES, outside } from './outside-strings.js';
import { realRecords } from './sessions.js';

const sumOf = (rows: readonly Record<string, string>[], column: string) =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

describe('a cell', () => {
  const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', "'=1", '\uff1d1'];

  test('comes out of a CSV reader as the name that went in, but for one apostrophe, NUL and half characters', () => {
    const names = [
      ...HOSTILE_NAMES,
      ...FORMULAS,
      ' a ',
      'a,"b"\r\nc',
      ...fc.sample(outside, { numRuns: 300, seed: 7 }),
    ];
    const text = [...csvPieces([{ name: 'name', of: (name: string) => name }], names)].join('');
    const read = readCsv(text).map((row) => row.name?.replace(/^'/, ''));
    expect(read).toEqual(names.map((name) => name.replace(/\0|\p{Surrogate}/gu, '\ufffd')));
  });

  test('is text for a spreadsheet where it begins as a formula does', () => {
    const text = [...csvPieces([{ name: 'name', of: (name: string) => name }], FORMULAS)].join('');
    expect(readCsv(text)).toEqual(FORMULAS.map((name) => ({ name: `'${name}` })));
  });

  test('is a number as it is, also below nought and beyond 2^53, and empty where nothing is known', () => {
    const columns = [-5, 2n ** 63n, null, true].map((cell, at) => ({ name: `c${at}`, of: () => cell }));
    expect([...csvPieces(columns, [0])].join('')).toBe('c0,c1,c2,c3\r\n-5,9223372036854775808,,true\r\n');
  });
});

describe('the tables of a real session', () => {
  const records = realRecords();
  const session = recordedSession(records);
  const { totals, stalls } = session.end().snapshot;

  test('threads add up to the totals of the summary', () => {
    const rows = readCsv(bytesOf(renderThreadsTable(session)));
    expect(sumOf(rows, 'threads')).toBe(totals.threadsAlive + totals.threadsEnded);
    expect(sumOf(rows, 'major_faults')).toBe(totals.majorFaults);
    expect(sumOf(rows, 'major_faults_no_sleep')).toBe(totals.majorFaultsNoSleep);
    expect(sumOf(rows, 'fault_wait_ns')).toBe(totals.faultWaitNs);
    for (const part of TIME_PARTS) expect(sumOf(rows, columnOf(part))).toBe(totals.time[part]);
  });

  test('faults have a row a single fault that arrived, with the file of the mapping that it was in', () => {
    const rows = readCsv(playedBytes(playFaultsTable(), session));
    const faults = records.filter((record) => record.kind === 'fault');
    expect(rows).toHaveLength(faults.length);
    expect(sumOf(rows, 'weight')).toBe(faults.reduce((sum, { weight }) => sum + weight, 0));
    expect(rows[0]).toMatchObject({ thread: 'mmap', memory: 'file', address: '0x7f4ff7401000' });
    expect(rows[0]?.file).toMatch(/faultscope-cold-4096\.dat$/);
  });

  test('stalls have as many as the summary counts, and who was in the long ones', () => {
    const rows = readCsv(playedBytes(playStallsTable(), session));
    expect(sumOf(rows, 'stalls')).toBe(stalls?.fullStalls);
    const longest = stalls?.longest[0];
    const row = rows.find(({ start_ns }) => start_ns === String(longest?.startNs));
    expect(row?.duration_ns).toBe(String(longest?.durationNs));
    const tids = longest?.threads?.map(({ tid }) => tid) ?? [];
    expect(tids.length).toBeGreaterThan(1);
    expect(row?.tids?.split(' ').map(Number).sort()).toEqual(tids.sort());
  });
});

function columnOf(part: string): string {
  if (part === 'onCpu') return 'on_cpu_ns';
  if (part === 'runQueue') return 'run_queue_ns';
  return part === 'stolen' ? 'stolen_ns' : `${part.replace('-', '_')}_wait_ns`;
}

describe('the threads table', () => {
  test('adds up to the totals also where ended threads have lost their rows', () => {
    const lives = Array.from({ length: 5050 }, (_, index): FaultscopeRecord[] => {
      const who = { tid: 100 + index, generation: 9 };
      return [
        wait({ ...who, code: FAULT, bucket: 30, totalNs: 300, maxNs: 300 }),
        wait({ ...who, code: FAULT_LATENCY, bucket: 30, totalNs: 300, maxNs: 300 }),
        switchOut(1000n, { ...who, event: 'last', born: true, onCpuNs: 200n, majorFaults: 1, code: 0 }),
      ];
    }).flat();
    const session = recordedSession([SESSION, ...lives, tick(SECOND), tick(60n * SECOND)]);
    const { totals, threads } = session.end().snapshot;
    expect(threads.length).toBeLessThan(5050);
    const rows = readCsv(bytesOf(renderThreadsTable(session)));
    expect(rows).toHaveLength(threads.length + 1);
    expect(sumOf(rows, 'threads')).toBe(5050);
    expect(sumOf(rows, 'major_faults')).toBe(totals.majorFaults);
    expect(sumOf(rows, 'on_cpu_ns')).toBe(totals.time.onCpu);
    expect(rows.at(-1)).toMatchObject({ thread: '[ended threads, no longer listed]', threads: '50', residue_ns: '' });
  });
});

describe('the faults table', () => {
  const page = { device: (8 << 20) | 1, inode: 12n, index: 3n };

  test('lays a fault to its cause and evictor, whichever script told first', () => {
    const actor = { pid: 77, generation: 3 };
    const cause = (atNs: bigint): FaultscopeRecord => ({
      ...{ kind: 'single-cause', tid: 41, device: page.device, inode: 12n, index: 3n, atNs: BEGIN + atNs },
      ...{ cause: 'refault', eviction: { actor, way: 'reclaim', atNs: null }, ageNs: 5_000 },
    });
    const session = recordedSession([
      SESSION,
      { kind: 'actor', atNs: BEGIN, ...actor, comm: 'grep', command: null, cgroup: null, kernelThread: false },
      fault(SECOND - 9n, { page }),
      tick(SECOND),
      cause(SECOND),
      cause(2n * SECOND - 9n),
      tick(2n * SECOND),
      fault(2n * SECOND, { page }),
      fault(2n * SECOND + 900_000_000n, { page }),
      tick(3n * SECOND),
    ]);
    const rows = readCsv(playedBytes(playFaultsTable(), session));
    const told = {
      cause: 'refault',
      evictor_pid: '77',
      evictor: 'grep',
      evicted_by: 'reclaim',
      evicted_ago_ns: '5000',
    };
    expect(rows).toMatchObject([told, told, { cause: '', evictor: '' }]);
    expect(rows[0]).toMatchObject({ device: '8:1', inode: '12', offset_bytes: '12288', memory: 'unknown' });
  });

  test('names a goroutine and what it held, and says nothing of a thread without one', () => {
    const session = recordedSession([
      SESSION,
      { kind: 'function', pc: 0x401000n, name: 'main.(*Server).handle' },
      fault(1n, { goroutine: { goid: 2n ** 60n, status: 2, startPc: 0x401000n } }),
      fault(2n, { goroutine: { goid: 9n, status: 3, startPc: 0x402000n } }),
      fault(3n, { goroutine: { goid: 0n, status: 0, startPc: 0n } }),
      tick(SECOND),
    ]);
    expect(readCsv(playedBytes(playFaultsTable(), session))).toMatchObject([
      { goroutine: '1152921504606846976', goroutine_start: 'main.(*Server).handle', holds_p: 'true' },
      { goroutine: '9', goroutine_start: '', holds_p: 'false' },
      { goroutine: '', goroutine_start: '', holds_p: '' },
    ]);
  });
});

describe('the stalls table', () => {
  const stall = (number: number | null, atNs: bigint): FaultscopeRecord => ({
    ...{ kind: 'stall', startNs: BEGIN + atNs, durationNs: 5_000_000, level: 2, capacity: 2, number },
  });

  test('names the threads of a stall also where they tell of it long after', () => {
    const member = { kind: 'stall-member', generation: 7, after: 3, upTo: 4 } as const;
    const records: FaultscopeRecord[] = [SESSION, stall(4, 1n), { ...member, tid: 41 }, tick(SECOND)];
    for (let second = 2n; second < 20n; second += 1n) records.push(tick(second * SECOND));
    records.push({ ...member, tid: 42 }, stall(null, 20n * SECOND), tick(21n * SECOND));
    const rows = readCsv(playedBytes(playStallsTable(), recordedSession(records)));
    expect(rows).toMatchObject([
      { start_ns: '1', tids: '41 42', level: '2', capacity: '2', duration_ns: '5000000' },
      { start_ns: '20000000000', tids: '' },
    ]);
  });

  test('counts in its last row those that were not sent one by one', () => {
    const gap = { kind: 'sample-gap', samples: 9, late: 0, longestNs: 1, fullStalls: 6 } as const;
    const level = { kind: 'level', capacity: 2, level: 2, totalNs: 9 } as const;
    const session = recordedSession([SESSION, stall(null, 1n), level, gap, tick(SECOND)]);
    const rows = readCsv(playedBytes(playStallsTable(), session));
    expect(rows).toMatchObject([{ stalls: '1' }, { stalls: '5', start_ns: '', duration_ns: '' }]);
  });
});
