import { describe, expect, test } from 'vitest';
import { renderPprof } from '../../../src/export/pprof/render.js';
import { CAUSES } from '../../../src/model/cause.js';
import type { GoroutineFunction, Snapshot, ThreadView } from '../../../src/model/snapshot.js';
import { bytesOf, recordedSession } from '../../support/exported.js';
import { type ReadProfile, readProfile, totalOf } from '../../support/pprof-profile.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { endedSession, realRecords } from './sessions.js';
import { emptySnapshot, threadView } from './snapshots.js';

function profileOf(snapshot: Snapshot): ReadProfile {
  return readProfile(bytesOf(renderPprof(endedSession(snapshot))));
}

/** Threads, with totals that are theirs. */
function sessionOf(threads: readonly ThreadView[], facts: Partial<Snapshot> = {}): Snapshot {
  const blank = emptySnapshot();
  const time = { ...blank.totals.time };
  for (const thread of threads) for (const cause of CAUSES) time[cause] += thread.time[cause];
  const majorFaults = threads.reduce((sum, thread) => sum + thread.majorFaults, 0);
  return { ...blank, threads, totals: { ...blank.totals, majorFaults, time, faultWaitNs: time.fault }, ...facts };
}

function waiting(facts: Partial<ThreadView>, ns: Partial<ThreadView['time']>): ThreadView {
  const thread = threadView(facts);
  return { ...thread, time: { ...thread.time, ...ns } };
}

/** "main;find" 3 faults ...: its samples of one type, outermost first. */
function foldedOf({ samples }: ReadProfile, type: string): Record<string, number> {
  const folded: Record<string, number> = {};
  for (const { frames, values, labels } of samples) {
    if (values[type] === 0) continue;
    const line = frames
      .map(({ name }) => name)
      .reverse()
      .join(';');
    const key = `${labels.tid ?? '-'} ${labels.cause ?? '-'} ${line}`;
    expect(folded[key]).toBeUndefined();
    folded[key] = values[type] ?? Number.NaN;
  }
  return folded;
}

function expectTotals(profile: ReadProfile, { totals }: Snapshot): void {
  expect(totalOf(profile, 'major_faults')).toBe(totals.majorFaults);
  expect(totalOf(profile, 'fault_wait')).toBe(totals.faultWaitNs);
  expect(totalOf(profile, 'off_cpu')).toBe(CAUSES.reduce((sum, cause) => sum + totals.time[cause], 0));
}

describe('a real session in pprof', () => {
  const { snapshot } = recordedSession(realRecords()).end();
  const profile = profileOf(snapshot);

  test("adds up to the summary's totals", () => {
    expect(snapshot.totals.majorFaults).toBeGreaterThan(10_000);
    expectTotals(profile, snapshot);
  });

  test('shows the time of faults unless told otherwise, and says how far it can be trusted', () => {
    expect(profile.types).toEqual(['major_faults/count', 'fault_wait/nanoseconds', 'off_cpu/nanoseconds']);
    expect(profile.shown).toBe('fault_wait');
    expect(profile.files).toEqual(['causes']);
    expect(profile.durationNs).toBe(snapshot.window.durationNs);
    expect(Number(profile.timeNs / 1_000_000n)).toBe(Math.trunc(snapshot.window.startedAtMs));
    expect(profile.comments.join('\n')).toContain('coverage: 100% of the major faults');
  });

  test('has every thread with every cause that it waited for', () => {
    const shown = profile.samples.map(({ labels, values }) => [
      labels.tid,
      labels.thread,
      labels.cause,
      values.off_cpu,
    ]);
    const waits = snapshot.threads.flatMap(({ tid, name, time }) =>
      CAUSES.flatMap((cause) => (time[cause] > 0 ? [[String(tid), name, cause, time[cause]]] : [])),
    );
    expect(shown.sort()).toEqual(waits.sort());
  });
});

describe('stacks in pprof', () => {
  const faults: FoldedStack[] = [
    { line: 'main;find;touch', count: 30, totalNs: 900 },
    { line: '[no stack]', count: 2, totalNs: 40 },
  ];
  const offCpu: FoldedStack[] = [
    { line: 'main;find;touch;filemap_fault_[k]', count: 25, totalNs: 500 },
    { line: 'main;find;touch;swap_in_[k]', count: 5, totalNs: 60 },
    { line: 'main;lock;futex_wait_[k]', count: 1, totalNs: 7000, part: 'lock' },
  ];
  const worker = waiting({ majorFaults: 40 }, { fault: 800, lock: 7000, poll: 5 });

  test('have faults with the time waited in them, on the code that took them, and the rest on no stack', () => {
    const profile = profileOf(sessionOf([worker], { stacks: stacksView(faults, offCpu) }));
    expect(foldedOf(profile, 'major_faults')).toEqual({
      '4712 fault main;find;touch': 30,
      '4712 fault [no stack]': 2,
      '4712 fault [not on a stack];[fault]': 8,
    });
    expect(foldedOf(profile, 'fault_wait')).toEqual({
      '4712 fault main;find;touch': 560,
      '4712 fault [not on a stack];[fault]': 240,
    });
  });

  test('have waits by cause, down into the kernel', () => {
    const snapshot = sessionOf([worker], { stacks: stacksView(faults, offCpu) });
    const profile = profileOf(snapshot);
    expect(foldedOf(profile, 'off_cpu')).toEqual({
      '4712 fault main;find;touch;filemap_fault_[k]': 500,
      '4712 fault main;find;touch;swap_in_[k]': 60,
      '4712 fault [not on a stack];[fault]': 240,
      '4712 lock main;lock;futex_wait_[k]': 7000,
      '4712 poll [not on a stack];[poll]': 5,
    });
    expectTotals(profile, snapshot);
  });

  test('that hold more than their threads do not make the totals larger', () => {
    const small = waiting({ majorFaults: 10 }, { fault: 100, lock: 10 });
    const snapshot = sessionOf([small], { stacks: stacksView(faults, offCpu) });
    const profile = profileOf(snapshot);
    expectTotals(profile, snapshot);
    expect(foldedOf(profile, 'off_cpu')['4712 lock main;lock;futex_wait_[k]']).toBe(10);
  });

  test('of threads that have lost their rows, or of no known thread, are told as such', () => {
    const others: FoldedStack[] = [
      { line: 'main;old', count: 3, totalNs: 1, tid: 99 },
      { line: 'main;any', count: 4, totalNs: 1, tid: null, threadName: null },
    ];
    const listed = sessionOf([worker], { stacks: stacksView(others) });
    const snapshot = { ...listed, totals: { ...listed.totals, majorFaults: 50 } };
    const profile = profileOf(snapshot);
    expect(foldedOf(profile, 'major_faults')).toEqual({
      '99 fault main;old': 3,
      '- fault main;any': 4,
      '- fault [not on a stack];[fault]': 3,
      '4712 fault [not on a stack];[fault]': 40,
    });
    expectTotals(profile, snapshot);
  });

  test('name the file of each function, the program first', () => {
    const frames = [
      { label: 'main', module: 'coldmmap', kernel: false },
      { label: 'memcpy', module: 'libc.so.6', kernel: false },
      { label: 'libz.so.1+0x1f40', module: 'libz.so.1', kernel: false },
    ];
    const stacks = stacksView([{ line: '', frames, count: 1, totalNs: 1 }]);
    const target = { ...emptySnapshot().target, exe: '/opt/x/coldmmap' };
    const { files, samples } = profileOf(sessionOf([worker], { target, stacks }));
    expect(files).toEqual(['coldmmap', 'libz.so.1', 'libc.so.6']);
    expect(samples[0]?.frames.map(({ name, file }) => [name, file])).toEqual([
      ['libz.so.1+0x1f40', 'libz.so.1'],
      ['memcpy', 'libc.so.6'],
      ['main', 'coldmmap'],
    ]);
  });
});

describe('goroutines in pprof', () => {
  const startPc = 2n ** 64n - 4096n;
  const handler: GoroutineFunction = {
    ...{ startPc, start: 'main.handle', majorFaults: 30, faultWaitNs: 900, maxNs: 50, census: null },
    ...{ holdingFaults: 20, holdingWaitNs: 600 },
  };
  const nobody = {
    ...handler,
    startPc: 0n,
    start: null,
    majorFaults: 4,
    faultWaitNs: 8,
    holdingFaults: 0,
    holdingWaitNs: 0,
  };
  const goroutines = { functions: [handler, nobody], top: [], seen: 2 };
  const stacks = stacksView([
    { line: 'runtime.goexit.abi0;main.handle;main.read', count: 5, totalNs: 1 },
    { line: 'main.other;main.read', count: 6, totalNs: 1 },
  ]);
  const profile = profileOf(sessionOf([waiting({ majorFaults: 40 }, { fault: 800 })], { goroutines, stacks }));

  test('are told by start function in types of their own, so that no fault is counted twice', () => {
    expect(profile.types.slice(3)).toEqual(['goroutine_major_faults/count', 'goroutine_fault_latency/nanoseconds']);
    expect(totalOf(profile, 'major_faults')).toBe(40);
    expect(totalOf(profile, 'goroutine_major_faults')).toBe(40);
    expect(totalOf(profile, 'goroutine_fault_latency')).toBe(908);
    const told = profile.samples.filter(({ values }) => (values.goroutine_major_faults ?? 0) > 0);
    expect(
      told.map(({ frames, labels, values }) => [frames[0]?.name, labels.holds_p, values.goroutine_major_faults]),
    ).toEqual([
      ['main.handle', 'yes', 20],
      ['main.handle', 'no', 10],
      ['[no goroutine]', 'no', 4],
      ['[laid to no goroutine]', undefined, 6],
    ]);
  });

  test('keep the address of their function to the last bit', () => {
    const found = profile.samples.find(({ labels }) => labels.holds_p === 'yes');
    expect(found?.frames).toEqual([{ name: 'main.handle', file: null, address: startPc }]);
  });

  test('are named on stacks that begin with their function', () => {
    const labelled = profile.samples.filter(({ frames }) => frames.some(({ name }) => name === 'main.read'));
    expect(labelled.map(({ labels, values }) => [labels.goroutine, values.major_faults])).toEqual([
      ['main.handle', 5],
      [undefined, 6],
    ]);
  });
});

describe('a profile for pprof', () => {
  test('of a session in which nothing was can be read', () => {
    expect(profileOf(emptySnapshot())).toMatchObject({ samples: [], files: ['coldmmap'] });
  });

  test.each([...HOSTILE_NAMES, 'x'.repeat(65_536)])('can be read whatever names are in it, %#', (name) => {
    const blank = emptySnapshot();
    const frames = [{ label: name, module: name, kernel: false }];
    const stacks = stacksView([{ line: '', frames, count: 1, totalNs: 1 }]);
    const target = { ...blank.target, comm: name, exe: name };
    const profile = profileOf(sessionOf([waiting({ name, majorFaults: 1 }, {})], { target, stacks }));
    const [sample] = profile.samples;
    const texts = [sample?.frames[0]?.name, sample?.frames[0]?.file, sample?.labels.thread, ...profile.comments];
    for (const text of texts) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    expect(sample?.frames[0]?.name).not.toBe('');
  });
});
