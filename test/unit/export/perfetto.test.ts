import { describe, expect, test } from 'vitest';
import { renderPerfetto } from '../../../src/export/perfetto/render.js';
import { TIME_PARTS } from '../../../src/model/cause.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { bytesOf, recordedSession } from '../../support/exported.js';
import { type ReadTrace, readTrace } from '../../support/perfetto-trace.js';
import { BEGIN, FAULT_LATENCY, fault, ref, SECOND, SESSION, thread } from '../model/records.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { realRecords } from './sessions.js';

function traced(records: readonly FaultscopeRecord[]): ReadTrace {
  return readTrace(bytesOf(renderPerfetto(recordedSession(records))));
}

describe('a real session in Perfetto', () => {
  const records = realRecords();
  const session = recordedSession(records);
  const trace = readTrace(bytesOf(renderPerfetto(session)));
  const { snapshot } = session.end();

  test('has a track for the process and one for each thread, by name', () => {
    const [process] = trace.tracks.filter((track) => track.process !== undefined);
    expect(process?.process).toEqual({ pid: snapshot.target.pid, process_name: 'causes' });
    const threads = trace.tracks.flatMap(({ thread }) => thread ?? []);
    expect(threads.map(({ tid, thread_name }) => [Number(tid), thread_name]).sort()).toEqual(
      snapshot.threads.map(({ tid, name }) => [tid, name]).sort(),
    );
  });

  test('shows each single fault from its begin to its end, where it was', () => {
    const faults = records.filter((record) => record.kind === 'fault');
    const slept = faults.filter(({ latencyNs }) => latencyNs !== null);
    const slices = trace.slices.filter(({ category }) => category === 'major fault');
    const shown = slices.map(({ track, fromNs, toNs, args }) =>
      [track.thread?.tid, fromNs, toNs, args.address, args.instruction, args['stands for faults']].join(' '),
    );
    const were = slept.map(({ tid, atNs, latencyNs, address, instruction, weight }) =>
      [tid, atNs - BigInt(latencyNs ?? 0), atNs, address, instruction, weight].join(' '),
    );
    expect(slept.length).toBeGreaterThan(100);
    expect(shown.sort()).toEqual(were.sort());
    expect(trace.instants.filter(({ category }) => category === 'major fault')).toHaveLength(
      faults.length - slept.length,
    );
    const [file] = snapshot.files?.files ?? [];
    expect(new Set(slices.map(({ args }) => args.file))).toEqual(new Set([file?.path]));
    for (const { args } of slices) expect(Number(args.offset)).toBeLessThan(file?.mappedBytes ?? 0);
  });

  test('shows each full stall from its begin to its end', () => {
    const stalls = records.filter((record) => record.kind === 'stall');
    const slices = trace.slices.filter(({ category }) => category === 'full stall');
    expect(slices.map(({ fromNs, toNs }) => [fromNs, Number(toNs - fromNs)])).toEqual(
      stalls.map(({ startNs, durationNs }) => [startNs, durationNs]),
    );
  });

  test("what threads did between ticks adds up to the summary's totals", () => {
    const sum = (arg: string): number =>
      trace.slices.reduce((total, { category, args }) => total + (category === 'time' ? Number(args[arg] ?? 0) : 0), 0);
    for (const part of TIME_PARTS) expect(sum(`${part}, ms`)).toBeCloseTo(snapshot.totals.time[part] / 1e6, 5);
    expect(sum('major faults')).toBe(snapshot.totals.majorFaults);
    const note = trace.instants.find(({ name }) => name === 'session');
    expect(note?.args).toMatchObject({
      'major faults': snapshot.totals.majorFaults,
      'fault wait, ms': snapshot.totals.faultWaitNs / 1e6,
      faultscope: snapshot.tool.version,
    });
  });

  test('says between ticks what the level, the stall and the faults were', () => {
    const valuesOf = (name: string) => trace.counters.filter(({ track }) => track.name?.startsWith(name));
    const { history } = snapshot;
    const levels = valuesOf('level');
    expect(levels.map(({ value }) => value)).toEqual(
      history.flatMap(({ level }) => (level === null ? [] : [level.levelTimeNs / level.sampledNs])),
    );
    expect(valuesOf('full stall').map(({ value }) => value)).toEqual(
      history.flatMap(({ level }) => (level === null ? [] : [(100 * level.fullNs) / level.sampledNs])),
    );
    expect(valuesOf('major faults/s').map(({ value }) => value)).toEqual(
      history.map(({ majorFaults, durationNs }) => majorFaults / (durationNs / 1e9)),
    );
    const begins = history.map(({ atNs, durationNs }) => snapshot.window.startNs + BigInt(atNs - durationNs));
    expect(levels.map(({ atNs }) => atNs)).toEqual(begins);
    expect(valuesOf('requests')).toEqual([]);
  });

  test('tells the wall clock', () => {
    const { startNs, startedAtMs } = snapshot.window;
    const wallMs = Number((trace.clocks[1] ?? 0n) + (startNs - (trace.clocks[3] ?? 0n))) / 1e6;
    expect(Math.abs(wallMs - startedAtMs)).toBeLessThan(0.01);
  });
});

const TICK = (second: bigint): FaultscopeRecord => ({ kind: 'tick', atNs: BEGIN + second * SECOND });
const RUNNING: FaultscopeRecord = {
  kind: 'probe',
  atNs: BEGIN,
  set: 'threads',
  state: 'running',
  variant: null,
  detail: null,
};

/** A session whose first second holds these records. */
function inFirstSecond(...records: readonly FaultscopeRecord[]): FaultscopeRecord[] {
  return [SESSION, RUNNING, ...records, TICK(1n), TICK(2n)];
}

const onlySlice = (trace: ReadTrace) => {
  const [slice, ...more] = trace.slices.filter(({ category }) => category === 'major fault');
  if (slice === undefined || more.length > 0) throw new Error('not one slice');
  return slice;
};

describe('a single fault in Perfetto', () => {
  const page = { device: (254 << 20) | 3, inode: 2n ** 64n - 2n, index: 2n ** 51n + 1n };

  test('keeps addresses and offsets of 64 bits to the last one', () => {
    const address = 0xffff_ffff_ffff_f123n;
    const trace = traced(inFirstSecond(fault(5n, { address, instruction: 2n ** 63n + 1n, page })));
    expect(onlySlice(trace).args).toMatchObject({
      address,
      instruction: 2n ** 63n + 1n,
      offset: page.index * 4096n,
      file: `254:3 inode ${page.inode}`,
    });
  });

  test('has the name of its file also where that is told after it', () => {
    const file = { kind: 'file', atNs: BEGIN, ...page, path: '/data/a\nb', deleted: false, sizeBytes: null } as const;
    expect(onlySlice(traced(inFirstSecond(fault(5n, { page }), file))).args.file).toBe('/data/a b');
  });

  test('is laid to the mapping that was there when it came, not to a later one at the same address', () => {
    const mapping = (path: string): FaultscopeRecord => ({
      ...{ kind: 'mapping', atNs: BEGIN, start: 0x1000n, end: 0x9000n, of: 'file', path },
      ...{ offset: 0x2000n, device: 1, inode: 9n },
    });
    const trace = traced(inFirstSecond(mapping('/first'), fault(5n, { address: 0x3000n }), mapping('/second')));
    expect(onlySlice(trace).args).toMatchObject({ file: '/first', offset: 0x4000n });
  });

  test('says who had evicted its page, also where that is told after the next tick', () => {
    const cause: FaultscopeRecord = {
      ...{ kind: 'single-cause', atNs: BEGIN + 6n, tid: ref.tid, ...page, cause: 'refault' },
      eviction: { actor: { pid: 77, generation: 1 }, way: 'reclaim', atNs: null },
      ageNs: 2_500_000,
    };
    const actor: FaultscopeRecord = {
      ...{ kind: 'actor', atNs: BEGIN, pid: 77, generation: 1, comm: 'gr\u001b[2Jep', command: null, cgroup: null },
      kernelThread: false,
    };
    const evicted = {
      cause: 'refault',
      'evicted by': 'grep [77]',
      'evicted how': 'reclaim',
      'evicted before, ms': 2.5,
    };
    const records = [SESSION, RUNNING, actor, fault(5n, { page }), TICK(1n)];
    for (const trace of [
      traced([...records, cause, TICK(2n)]),
      traced([...records.slice(0, 3), cause, ...records.slice(3)]),
    ]) {
      expect(onlySlice(trace).args).toMatchObject(evicted);
    }
  });

  test('says which goroutine took it', () => {
    const goroutine = { goid: 2n ** 60n + 1n, status: 2, startPc: 0x45_0000n };
    const name: FaultscopeRecord = { kind: 'function', pc: 0x45_0000n, name: 'main.(*Server).handle' };
    expect(onlySlice(traced(inFirstSecond(name, fault(5n, { goroutine })))).args).toMatchObject({
      goroutine: goroutine.goid,
      'goroutine start': 'main.(*Server).handle',
      'goroutine status': 'running, holds a P',
    });
    expect(onlySlice(traced(inFirstSecond(fault(5n, { goroutine })))).args['goroutine start']).toBe('0x450000');
  });

  test('is an instant where it never slept: its length is not known', () => {
    const trace = traced(inFirstSecond(fault(5n, { latencyNs: null })));
    expect(trace.instants.filter(({ category }) => category === 'major fault')).toHaveLength(1);
    expect(() => onlySlice(trace)).toThrow();
  });

  test('says of how many it stands for, 0 where it was sent for being long only', () => {
    expect(onlySlice(traced(inFirstSecond(fault(5n, { weight: 0 })))).args['stands for faults']).toBe(0);
  });
});

describe('time between ticks in Perfetto', () => {
  const sleeps = (second: bigint): FaultscopeRecord => sampleAt(second, 'S');

  function sampleAt(second: bigint, state: string, onCpuNs = 0n): FaultscopeRecord {
    const counts = { majorFaults: 0, minorFaults: 0, runQueueNs: 0n, onCpuNs };
    const waiting = second === 0n ? { waitingIn: { syscall: 232, arg1: 0n } } : {};
    return { kind: 'sample', ...thread, atNs: BEGIN + second * SECOND, state, ...counts, ...waiting };
  }

  const timeSlices = (...records: readonly FaultscopeRecord[]) =>
    traced([SESSION, RUNNING, ...records]).slices.filter(({ category }) => category === 'time');

  test('is one slice as long as a thread does nothing but wait for the same', () => {
    const seconds = [0n, 1n, 2n, 3n].flatMap((second) => [sleeps(second), TICK(second)]);
    expect(timeSlices(...seconds)).toMatchObject([
      { name: 'mostly poll', fromNs: BEGIN, toNs: BEGIN + 3n * SECOND, args: { 'poll, ms': 3000 } },
    ]);
  });

  test('is a slice a span where it did several things, with all of them told', () => {
    const before = [sleeps(0n), TICK(0n), sleeps(1n), TICK(1n)];
    const after = [sampleAt(2n, 'R', 700_000_000n), TICK(2n)];
    const [first, second] = timeSlices(...before, ...after);
    expect(first).toMatchObject({ name: 'mostly poll', toNs: BEGIN + SECOND, args: { 'poll, ms': 1000 } });
    expect(second).toMatchObject({ name: 'mostly onCpu', fromNs: BEGIN + SECOND, toNs: BEGIN + 2n * SECOND });
    expect(second?.args['onCpu, ms']).toBe(700);
  });
});

describe('a trace for Perfetto', () => {
  test('of requests has their rate and p99', () => {
    const records: FaultscopeRecord[] = [
      ...[SESSION, RUNNING, { ...RUNNING, set: 'requests' as const }, TICK(1n)],
      { kind: 'request-cell', bucket: 80, count: 50, totalNs: 50_000_000, maxNs: 1_200_000 },
      TICK(3n),
    ];
    const counters = traced(records).counters.filter(({ track }) => track.name?.startsWith('request'));
    expect(counters.map(({ track, atNs, value }) => [track.name, track.counter?.unit_name, atNs, value])).toEqual([
      ['requests/s (between ticks)', '1/s', BEGIN + SECOND, 25],
      ['request p99 (between ticks)', 'ms', BEGIN + SECOND, expect.closeTo(1.2, 0)],
    ]);
  });

  test.each([...HOSTILE_NAMES, 'x'.repeat(65_536), '\ud800'.repeat(99)])(
    'holds names whatever is in them, %#',
    (name) => {
      const trace = traced([
        { ...SESSION, target: { ...SESSION.target, comm: name } },
        RUNNING,
        { kind: 'thread', atNs: BEGIN, ...thread, name },
        { kind: 'wait', ...ref, code: FAULT_LATENCY, bucket: 50, epoch: 0, count: 1, totalNs: 9, maxNs: 9 },
        fault(5n, { page: { device: 1, inode: 2n, index: 0n } }),
        { kind: 'file', atNs: BEGIN, device: 1, inode: 2n, path: name, deleted: false, sizeBytes: null },
        TICK(1n),
      ]);
      const { args } = onlySlice(trace);
      const named = trace.tracks.flatMap(({ process, thread }) => [process?.process_name, thread?.thread_name]);
      for (const text of [args.file, ...named]) expect(text ?? '').not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
      if (name.startsWith('x')) expect(named).toContain(name);
    },
  );

  test('that holds nothing yet is a trace all the same', () => {
    expect(traced([SESSION])).toMatchObject({ slices: [], counters: [] });
  });

  test('is given piece by piece, a piece a tick', () => {
    const session = recordedSession([
      SESSION,
      RUNNING,
      ...[1n, 2n, 3n].flatMap((second) => [fault(second), TICK(second)]),
    ]);
    expect([...renderPerfetto(session)]).toHaveLength(4);
  });
});
