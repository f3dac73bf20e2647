import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import { CAUSES } from '../../../src/model/cause.js';
import { emptySplit } from '../../../src/model/time-split.js';
import { schemaErrors } from './schema.js';
import { anySnapshot, emptySnapshot, fullSnapshot, HOSTILE_NAMES, threadView, waitView } from './snapshots.js';

const errorsIn = schemaErrors();
const parsed = (snapshot: Parameters<typeof summaryOf>[0]) => JSON.parse(renderJson(summaryOf(snapshot)));

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
    expect(errorsIn(parsed(fullSnapshot()))).toEqual([]);
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

  test('tells a target that lives from one that ended, and how', () => {
    const blank = emptySnapshot();
    const end = (state: typeof blank.target.state) => {
      const { alive, exit } = summaryOf({ ...blank, target: { ...blank.target, state } }).target;
      return { alive, exit };
    };
    expect(end({ alive: true })).toEqual({ alive: true, exit: null });
    expect(end({ alive: false, exit: null })).toEqual({ alive: false, exit: null });
    const killed = { code: null, signal: 'SIGKILL' };
    expect(end({ alive: false, exit: killed })).toEqual({ alive: false, exit: killed });
  });

  test('writes the begin in UTC, and addresses beyond 2^53 without losing a bit', () => {
    const summary = summaryOf(fullSnapshot());
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
      fc.property(anySnapshot, (snapshot) => {
        expect(errorsIn(parsed(snapshot))).toEqual([]);
      }),
    );
  });
});
