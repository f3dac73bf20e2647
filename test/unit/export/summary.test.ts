import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/diagnosis/finding.js';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import { CAUSES } from '../../../src/model/cause.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { emptySplit } from '../../../src/model/time-split.js';
import { wakersView } from '../../support/wakers-view.js';
import { anyDiagnosis, fullDiagnosis, NOTHING_FOUND } from './diagnoses.js';
import { HUGE_INODE } from './file-views.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { fullProgram, HUGE_GOID } from './program-views.js';
import { schemaErrors } from './schema.js';
import { anySnapshot, emptySnapshot, fullSnapshot, threadView, waitView } from './snapshots.js';

const errorsIn = schemaErrors();
const parsed = (snapshot: Snapshot, diagnosis: Diagnosis = NOTHING_FOUND) =>
  JSON.parse(renderJson(summaryOf(snapshot, diagnosis)));

describe('the summary', () => {
  test('of a session without threads is valid and says null for what is not known', () => {
    const summary = parsed(emptySnapshot());
    expect(errorsIn(summary)).toEqual([]);
    expect(summary.threads).toEqual([]);
    expect(summary.host.bpftrace).toBeNull();
    expect(summary.totals.faultLatency).toEqual({ count: 0, p50Ns: null, p90Ns: null, p99Ns: null, maxNs: null });
    expect(summary.quality.coverage).toEqual({ traced: 0, kernel: null, fraction: null });
  });

  test('of a session in which all is known is valid', () => {
    expect(errorsIn(parsed(fullSnapshot(), fullDiagnosis()))).toEqual([]);
  });

  test('has the files with what is known of them, and leaves out what no probe set told', () => {
    const summary = parsed(fullSnapshot());
    const [file, memory] = summary.files;
    expect(file).toMatchObject({
      path: '/data/index.db',
      device: '8:1',
      inode: String(HUGE_INODE),
      majorFaults: 9,
      firstTouch: 2,
      refaults: 7,
      residency: { residentBytes: 2 ** 30, sizeBytes: 2 ** 32, atNs: 1e9 },
    });
    expect(file.heat).toEqual({ fromByte: 0, toByte: 2 ** 32, cells: [4, 4, ...Array(62).fill(0)] });
    expect(memory).toMatchObject({ of: 'anonymous', path: null, inode: null, exact: false, pattern: null, heat: null });
    expect(Object.keys(memory)).not.toContain('refaults');
    expect(Object.keys(memory)).not.toContain('causes');
    expect(summary.filesRest).toEqual({
      files: 3,
      majorFaults: 4,
      faultWaitNs: 5000,
      unplacedFaults: 2,
      unplacedWaitNs: 700,
    });
    expect(parsed(emptySnapshot()).files).toEqual([]);
    expect(Object.keys(parsed(emptySnapshot()))).not.toContain('filesRest');
  });

  test('of ten thousand threads is valid and keeps each in its place', () => {
    const threads = Array.from({ length: 10_000 }, (_, index) => threadView({ tid: index + 1, name: `t${index}` }));
    const summary = parsed({ ...emptySnapshot(), threads });
    expect(errorsIn(summary)).toEqual([]);
    expect(summary.threads.map((thread: { tid: number }) => thread.tid)).toEqual(threads.map(({ tid }) => tid));
  });

  test('names every cause, and tells an open wait from a finished one', () => {
    const waits = CAUSES.map((cause, index) => waitView({ cause, open: index % 2 === 0, syscall: 'read' }));
    const summary = parsed({ ...emptySnapshot(), threads: [threadView({ waits })] });
    expect(errorsIn(summary)).toEqual([]);
    expect(summary.threads[0].waits).toEqual(
      CAUSES.map((cause, index) => ({
        cause,
        syscall: 'read',
        count: 1,
        totalNs: 1000,
        maxNs: 1000,
        open: index % 2 === 0,
      })),
    );
  });

  test.each(HOSTILE_NAMES)('hands on hostile name %# as it is, but for lone surrogates', (name) => {
    const blank = emptySnapshot();
    const target = { ...blank.target, comm: name, exe: name };
    const summary = parsed({ ...blank, target, threads: [threadView({ name })] });
    expect(errorsIn(summary)).toEqual([]);
    const wellFormed = name.replace(/\p{Surrogate}/gu, '\ufffd');
    expect([summary.target.comm, summary.target.exe, summary.threads[0].name]).toEqual(Array(3).fill(wellFormed));
  });

  test.each(HOSTILE_NAMES)(
    'does the same with hostile name %# of a function, a version, a mapping and a finding',
    (name) => {
      const { runtime, goroutines, mappings, files } = fullProgram();
      if (runtime === null || goroutines === null || files === null)
        throw new Error('the full program lacks something');
      const snapshot = {
        ...emptySnapshot(),
        runtime: { ...runtime, version: name },
        goroutines: {
          ...goroutines,
          functions: goroutines.functions.map((entry) => ({ ...entry, start: name })),
          top: goroutines.top.map((entry) => ({ ...entry, start: name })),
        },
        mappings: mappings.map((mapping) => ({ ...mapping, path: name })),
        files: { ...files, files: files.files.map((file) => ({ ...file, path: name })) },
      };
      const findings = fullDiagnosis().findings.map((finding) => ({ ...finding, title: name, remedies: [name] }));
      const summary = parsed(snapshot, { ...NOTHING_FOUND, findings });
      expect(errorsIn(summary)).toEqual([]);
      const [finding] = summary.findings;
      expect([
        summary.target.runtime.version,
        summary.goroutines.functions[0].start,
        summary.goroutines.top[0].start,
        summary.mappings[0].path,
        finding.title,
        finding.remedies[0],
      ]).toEqual(Array(6).fill(name.replace(/\p{Surrogate}/gu, '\ufffd')));
    },
  );

  test('tells a target that lives from one that ended, and how', () => {
    const blank = emptySnapshot();
    const end = (state: typeof blank.target.state) => {
      const { alive, exit } = summaryOf({ ...blank, target: { ...blank.target, state } }, NOTHING_FOUND).target;
      return { alive, exit };
    };
    expect(end({ alive: true })).toEqual({ alive: true, exit: null });
    expect(end({ alive: false, exit: null })).toEqual({ alive: false, exit: null });
    const killed = { code: null, signal: 'SIGKILL' };
    expect(end({ alive: false, exit: killed })).toEqual({ alive: false, exit: killed });
  });

  test('writes the begin in UTC, and addresses beyond 2^53 without losing a bit', () => {
    const summary = summaryOf(fullSnapshot(), NOTHING_FOUND);
    expect(summary.window.startedAt).toBe('2024-02-29T23:59:59.007Z');
    expect(summary.longestFaults[0]).toMatchObject({ address: '0xffffffffff600000', instruction: '0x401000' });
  });

  test('leaves out what only the probe set `entry` knows where it did not run', () => {
    const summary = parsed({ ...emptySnapshot(), threads: [threadView(), threadView({ userFaults: 0 })] });
    expect(summary.threads[0]).not.toHaveProperty('userFaults');
    expect(summary.threads[1].userFaults).toBe(0);
    expect(summary.threads[0]).not.toHaveProperty('exactFaultLatency');
    expect(summary.totals).not.toHaveProperty('exactFaultLatency');
    expect(parsed(fullSnapshot()).totals.exactFaultLatency.count).toBe(9);
  });

  test('leaves out what was not sampled, read or traced, and says null for the stall where no capacity is known', () => {
    const summary = parsed(emptySnapshot());
    for (const part of ['stalls', 'goroutines', 'symptoms', 'requests', 'stacks', 'storage', 'wakers', 'whatIf'])
      expect(summary).not.toHaveProperty(part);
    expect(summary.totals).toMatchObject({ lostParallelism: null, fullStallNs: null, fullStalls: null });
    expect(summary.target.runtime).toBeNull();
    const { stalls } = fullProgram();
    if (stalls === null) throw new Error('the full program has no stalls');
    const unbounded = parsed({ ...emptySnapshot(), stalls: { ...stalls, capacity: null, lostParallelism: null } });
    expect(unbounded.totals).toMatchObject({ lostParallelism: null, fullStallNs: null, fullStalls: null });
    expect(unbounded.stalls.levelNs).toEqual([600_000_000, 300_000_000, 1_100_000_000]);
  });

  test('tells the stall: its share of the time, its single full stalls and who was in them', () => {
    const summary = parsed(fullSnapshot());
    expect(summary.totals).toMatchObject({ lostParallelism: 0.625, fullStallNs: 1_100_000_000, fullStalls: 412 });
    expect(summary.stalls).toMatchObject({ capacity: 2, sampledNs: 2_000_000_000, samples: { count: 2000, late: 3 } });
    expect(summary.stalls.longest.map(({ tids }: { tids: number[] | null }) => tids)).toEqual([[4712], null]);
    expect(summary.target.runtime).toEqual({
      kind: 'go',
      version: 'go1.22.3',
      capacity: 2,
      capacitySource: 'GOMAXPROCS, read from the process',
      goroutineDetail: 'offsets from DWARF, held against runtime.allgs',
    });
  });

  test('names a goroutine beyond 2^53 without losing a bit, and says what of its faults held a P', () => {
    const { goroutines } = parsed(fullSnapshot());
    expect(goroutines.top[0]).toEqual({
      goid: HUGE_GOID.toString(),
      start: 'main.(*Index).scan',
      majorFaults: 8,
      faultWaitNs: 700_000,
      pHolding: 0.875,
    });
    expect(goroutines.functions[0]).toMatchObject({ majorFaults: 9, pHoldingFaults: 8, pHoldingWaitNs: 800_000 });
    expect(goroutines.functions[1].start).toBeNull();
  });

  test('holds what one sees from outside: CPUs, pressure, and requests in a stall against the others', () => {
    const { symptoms, requests } = parsed(fullSnapshot());
    expect(symptoms).toEqual(fullProgram().symptoms);
    expect(requests.latency.p99Ns).toBe(31_000_000);
    expect(requests.byStall.overlapping).toEqual({
      count: 3000,
      meanNs: 2_000_000,
      p50Ns: 1_000_000,
      p99Ns: 31_000_000,
    });
  });

  test('tells who ended the waits and the chains of locks behind faults, which for Go are not known', () => {
    const { wakers } = parsed(fullSnapshot());
    expect(wakers).toMatchObject({ waits: 17_710, unseenWaits: 6, lockBehindFaultNs: 1_240_000_000 });
    expect(wakers.chains[0]).toMatchObject({ waiter: { tid: 4713 }, holder: { tid: 4712 }, faulter: { tid: 4712 } });
    expect(wakers.wakes.at(-1)).toMatchObject({ cause: 'poll', waker: 'process', wakerId: 990, wakerName: 'nginx' });
    const go = parsed({ ...emptySnapshot(), wakers: wakersView({ chainsTold: false, chains: [] }) });
    expect(go.wakers).toMatchObject({ chains: null, lockBehindFaultNs: null });
  });

  test('hands on the diagnosis: findings in their order, or the all-clear, and what is predicted', () => {
    const diagnosis = fullDiagnosis();
    const summary = parsed(fullSnapshot(), diagnosis);
    expect(summary.findings).toEqual(diagnosis.findings);
    expect(summary.allClear).toBeNull();
    expect(summary.whatIf).toEqual(diagnosis.whatIf);
    expect(parsed(emptySnapshot(), { ...NOTHING_FOUND, allClear: 'Nothing to report.' })).toMatchObject({
      findings: [],
      allClear: 'Nothing to report.',
    });
  });

  test('keeps the account of a thread: lifetime = on-CPU + run queue + stolen + waits + residue', () => {
    const waits = [waitView({ totalNs: 500 }), waitView({ cause: 'lock', totalNs: 300 })];
    const account = {
      lifetimeNs: 1000,
      onCpuNs: 150,
      runQueueNs: 55,
      time: { ...emptySplit(), stolen: 5 },
      waits,
      residueNs: -10,
    };
    const [thread] = parsed({ ...emptySnapshot(), threads: [threadView(account)] }).threads;
    const waitNs = thread.waits.reduce((sum: number, wait: { totalNs: number }) => sum + wait.totalNs, 0);
    expect(thread.onCpuNs + thread.runQueueNs + thread.stolenNs + waitNs + thread.residueNs).toBe(thread.lifetimeNs);
  });

  test('of any session the types allow is valid', () => {
    fc.assert(
      fc.property(anySnapshot, anyDiagnosis, (snapshot, diagnosis) => {
        expect(errorsIn(parsed(snapshot, diagnosis))).toEqual([]);
      }),
    );
  });
});
