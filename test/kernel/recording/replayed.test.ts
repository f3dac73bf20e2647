import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recorder } from '../../../src/commands/recorder.js';
import { Trace } from '../../../src/model/trace.js';
import { type FaultscopeRecord, OPTIONAL_SETS } from '../../../src/record/record.js';
import { Latest } from '../../../src/recording/baseline/latest.js';
import { Rebase } from '../../../src/recording/baseline/rebase.js';
import { between, figuresOf } from '../../unit/recording/figures.js';
import { moments } from '../../unit/recording/recorded.js';
import { bpftracesOf } from '../support/processes.js';
import { RecordedSession } from '../support/recorded-session.js';
import { until } from '../support/until.js';
import { startWorkload } from '../support/workload.js';
import { readRecording } from './read.js';

const directory = mkdtempSync('/var/tmp/faultscope-replayed-');
const whole = join(directory, 'whole.fscope');
const part = join(directory, 'part.fscope');
let session: RecordedSession;

/** A session with everything switched on, in the middle of which two sets are switched off and on, and another recording begins. */
beforeAll(async () => {
  const workload = await startWorkload('causes', [
    ...['--only', 'futex,cond,epoll,nanosleep,pread,mmap,cpu', '--dir', directory, '--seconds', '60', '--hold'],
  ]);
  const failed = (error: Error): never => {
    throw error;
  };
  const fromTheStart = new Recorder({ fromTheStart: true, maxBytes: null, failed });
  const fromTheMiddle = new Recorder({ fromTheStart: false, maxBytes: null, failed });
  session = new RecordedSession(workload.pid, { sets: OPTIONAL_SETS, exact: 'on' }, (record) => {
    fromTheStart.take(record);
    fromTheMiddle.take(record);
  });
  try {
    await session.start();
    await fromTheStart.begin(whole, { force: false });
    await until('all sets to run', () => OPTIONAL_SETS.every((set) => session.hasRun(set)));
    workload.go();
    await later(4000);
    for (const set of ['wakers', 'stacks'] as const) session.toggle(set);
    await later(1500);
    for (const set of ['wakers', 'stacks'] as const) session.toggle(set);
    await fromTheMiddle.begin(part, { force: false });
    await later(4000);
    await session.stop();
    await Promise.all([fromTheStart.end(), fromTheMiddle.end()]);
    expect(bpftracesOf(workload.pid)).toEqual([]);
  } finally {
    await session.stop();
    await workload.end();
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a session with all sets, played from its recording, ends with the snapshot that it ended with live', () => {
  const live = session.snapshot();
  const { snapshot, warnings } = readRecording(whole);
  expect(snapshot).toEqual(live);
  expect(warnings).toEqual([]);
  expect(live.totals.majorFaults).toBeGreaterThan(1000);
  expect(live.wakers?.waits).toBeGreaterThan(0);
  expect(live.stacks?.faults.count).toBeGreaterThan(0);
  expect(live.pageCache?.majorFaults).toBeGreaterThan(0);
  expect(live.storage?.devices.length).toBeGreaterThan(0);
});

test('a recording begun in mid-session tells of what came after, with all names, and as little unexplained', () => {
  const { snapshot, warnings } = readRecording(part);
  const live = session.snapshot();
  expect(warnings).toEqual([]);
  expect(snapshot.window.durationNs).toBeLessThan(live.window.durationNs);
  expect(snapshot.window.startedAtMs).toBeGreaterThan(live.window.startedAtMs + 5000);
  expect(snapshot.totals.majorFaults).toBeGreaterThan(0);
  expect(snapshot.totals.majorFaults).toBeLessThan(live.totals.majorFaults);
  expect(snapshot.quality.coverage.fraction).toBeGreaterThan(0.9);
  expect(snapshot.quality.worstResidueFraction).toBeLessThan(0.05);
  const named = new Map(live.threads.map(({ tid, name }) => [tid, name]));
  for (const { tid, name } of snapshot.threads) expect(name).toBe(named.get(tid));
});

/** Read at somewhat different times, a moment's cells and clocks differ by what happened in between. */
const AGAINST_NS = 20e6;

/** Where no dump came with it, a moment's clocks are far ahead of its cells. */
const MOST_BEHIND_NS = 100e6;

/** One in so many of the others is looked at: it takes a tenth of a second. */
const EACH = 3;

/** How much older than a moment's end its cells are: threads here switch all the time, and a dump tells of the latest. */
function behindNs(moment: readonly FaultscopeRecord[]): number {
  const tick = moment.findLast((record) => record.kind === 'tick');
  const switched = moment.reduce((ns, record) => (record.kind === 'switch' && record.atNs > ns ? record.atNs : ns), 0n);
  return tick === undefined ? Number.POSITIVE_INFINITY : Number(tick.atNs - switched);
}

/** Of times, of one thread or of all; null of what is counted. */
function mayDiffer(name: string, lateNs: number, threads: number): number | null {
  if (/^thread .* (time .*|life|ns)$/.test(name)) return AGAINST_NS + lateNs;
  return name.startsWith('time') ? AGAINST_NS + lateNs * threads : null;
}

test('begun at any tick, a recording has the whole session less what was before', () => {
  const batches = moments(session.records);
  const live = session.snapshot();
  const end = figuresOf(live);
  const latest = new Latest();
  const [first] = session.ofKind('session');
  if (first === undefined) throw new Error('no session record');
  const before = new Trace(first);
  let timely = 0;
  for (const [index, batch] of batches.entries()) {
    for (const record of batch) {
      latest.apply(record);
      before.apply(record);
    }
    const rebase = Rebase.at(latest.keyframe());
    const lateNs = behindNs(batch);
    if (rebase === null || lateNs > MOST_BEHIND_NS) continue;
    timely += 1;
    if (timely % EACH !== 0) continue;
    const after = new Trace(rebase.session);
    for (const record of rebase.begin) after.apply(record);
    for (const later of batches.slice(index + 1)) for (const record of rebase.next(later)) after.apply(record);
    const recorded = figuresOf(after.snapshot());
    const atCut = figuresOf(before.snapshot());
    const expected = between(atCut, end);
    // A dump prints the stacks before their total: what came in between has no stack at the cut, and one with the next dump.
    const unplaced = (name: string): number =>
      /^stacks of faults|^stack null \[no stack\]/.test(name)
        ? (atCut.get(`stack null [no stack] ${name.endsWith('ns') ? 'ns' : 'count'}`) ?? 0)
        : 0;
    for (const name of new Set([...recorded.keys(), ...expected.keys()])) {
      const difference = Math.abs((recorded.get(name) ?? 0) - (expected.get(name) ?? 0));
      expect(difference, `${name}, begun at moment ${index}`).toBeLessThanOrEqual(
        mayDiffer(name, lateNs, live.threads.length) ?? unplaced(name),
      );
    }
  }
  expect(timely).toBeGreaterThanOrEqual(EACH);
});
