import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderSpeedscope } from '../../../src/export/speedscope/render.js';
import { CAUSES } from '../../../src/model/cause.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { StacksDecoder } from '../../../src/probe/decode-stacks.js';
import { bytesOf, recordedSession } from '../../support/exported.js';
import { type ImportedProfile, openInSpeedscope, speedscopeErrors } from '../../support/speedscope-importer.js';
import { stacksView } from '../../support/stacks.js';
import { traceOf } from '../model/records.js';
import { capture } from '../probe/captures.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { endedSession, realRecords } from './sessions.js';
import { anySnapshot, emptySnapshot, threadView } from './snapshots.js';

/** Opened in speedscope: its profiles by name. */
async function opened(snapshot: Snapshot): Promise<ReadonlyMap<string, ImportedProfile>> {
  const text = bytesOf(renderSpeedscope(endedSession(snapshot))).toString();
  expect(speedscopeErrors(JSON.parse(text))).toEqual([]);
  const group = await openInSpeedscope(text);
  return new Map(group?.profiles.map((profile) => [profile.getName(), profile]));
}

/** Stacks, outermost first, with what each weighs. */
function stacksIn(profile: ImportedProfile | undefined): Record<string, number> {
  const stacks: Record<string, number> = {};
  const open: string[] = [];
  let from = 0;
  const upTo = (value: number) => {
    const line = open.join(';');
    if (value > from) stacks[line] = (stacks[line] ?? 0) + value - from;
    from = value;
  };
  profile?.forEachCall(
    ({ frame }, value) => {
      upTo(value);
      open.push(frame.name);
    },
    (_node, value) => {
      upTo(value);
      open.pop();
    },
  );
  return stacks;
}

describe('a real session without stacks in speedscope', () => {
  const { snapshot } = recordedSession(realRecords()).end();
  let profiles: ReadonlyMap<string, ImportedProfile>;
  beforeAll(async () => {
    profiles = await opened(snapshot);
  });

  test('shows waits by thread, cause and syscall, which add up to the totals', () => {
    const waits = profiles.get('threads: waits by cause and syscall');
    const { time } = snapshot.totals;
    expect(waits?.getTotalWeight()).toBe(CAUSES.reduce((sum, cause) => sum + time[cause], 0));
    expect(waits?.getWeightUnit()).toBe('nanoseconds');
    const mmap = snapshot.threads.find(({ name }) => name === 'mmap');
    expect(stacksIn(waits)[`mmap [${mmap?.tid}];fault`]).toBe(mmap?.faultWaitNs);
    const pread = snapshot.threads.find(({ name }) => name === 'pread');
    const read = pread?.waits.find(({ syscall }) => syscall === 'pread64');
    expect(stacksIn(waits)[`pread [${pread?.tid}];disk;in pread64()`]).toBe(read?.totalNs);
  });

  test('shows major faults by thread and by file, and says that files are estimated', () => {
    expect(profiles.get('threads: major faults, count')?.getTotalWeight()).toBe(snapshot.totals.majorFaults);
    const files = stacksIn(profiles.get('files: major faults, count (estimated)'));
    const [file] = snapshot.files?.files ?? [];
    expect(files).toEqual({ [`${file?.path} (estimated)`]: file?.majorFaults });
  });

  test('has no profile by stack', () => {
    expect([...profiles.keys()].filter((name) => name.startsWith('stacks'))).toEqual([]);
  });
});

describe('stacks as bpftrace printed them, in speedscope', () => {
  const { lines, threads } = capture('stacks.paths', '0.27.0');
  const decoder = new StacksDecoder(() => null);
  const records = [...lines.flatMap((line) => decoder.line(line)), ...decoder.finish()];
  const { snapshot } = {
    snapshot: traceOf(
      { kind: 'probe', atNs: 0n, set: 'stacks', state: 'running', variant: null, detail: null },
      ...records,
    ).snapshot(),
  };
  let profiles: ReadonlyMap<string, ImportedProfile>;
  beforeAll(async () => {
    profiles = await opened(snapshot);
  });

  test('weigh what the program counted itself', () => {
    const toucher = threads.find(({ name }) => name === 'toucher');
    const counts = profiles.get('stacks: major faults, count');
    expect(counts?.getTotalWeight()).toBe(toucher?.majflt);
    expect(counts?.getWeightUnit()).toBe('none');
    expect(profiles.get('stacks: major faults, latency')?.getTotalWeight()).toBe(snapshot.stacks?.faults.totalNs);
  });

  test('are divided by cause, and nothing of them is left out', () => {
    const offCpu = [...profiles].filter(([name]) => name.startsWith('stacks: off-CPU'));
    expect(offCpu.map(([name]) => name)).toContain('stacks: off-CPU, sleep');
    expect(offCpu.reduce((sum, [, profile]) => sum + profile.getTotalWeight(), 0)).toBe(
      snapshot.stacks?.offCpu.totalNs,
    );
  });
});

describe('a file of speedscope', () => {
  test('has stacks with their frames from the outermost in, and what none could be kept for', async () => {
    const stacks = stacksView(
      [
        { line: 'main;find;touch', count: 3, totalNs: 50 },
        { line: '[no stack]', count: 2, totalNs: 0, tid: null, threadName: null },
      ],
      [{ line: 'main;read;schedule_[k]', count: 1, totalNs: 7, part: 'disk' }],
    );
    const profiles = await opened({ ...emptySnapshot(), stacks });
    expect(stacksIn(profiles.get('stacks: major faults, count'))).toEqual({ 'main;find;touch': 3, '[no stack]': 2 });
    expect(stacksIn(profiles.get('stacks: major faults, latency'))).toEqual({ 'main;find;touch': 50 });
    expect(stacksIn(profiles.get('stacks: off-CPU, disk'))).toEqual({ 'main;read;schedule_[k]': 7 });
  });

  test('counts threads that have lost their rows', async () => {
    const blank = emptySnapshot();
    const totals = { ...blank.totals, majorFaults: 12 };
    const profiles = await opened({ ...blank, totals, threads: [threadView({ majorFaults: 5 })] });
    expect(stacksIn(profiles.get('threads: major faults, count'))).toEqual({
      'worker [4712]': 5,
      '[ended threads, no longer listed]': 7,
    });
  });

  test('of a session in which nothing was can be opened', async () => {
    expect([...(await opened(emptySnapshot())).keys()]).toEqual(['threads: waits by cause and syscall']);
  });

  test.each([...HOSTILE_NAMES, 'x'.repeat(65_536)])('can be opened whatever names are in it, %#', async (name) => {
    const frames = [{ label: name, module: name, kernel: false }];
    const stacks = stacksView([{ line: '', frames, count: 1, totalNs: 1 }]);
    const blank = emptySnapshot();
    const target = { ...blank.target, comm: name };
    const profiles = await opened({ ...blank, target, stacks, threads: [threadView({ name, majorFaults: 1 })] });
    const [shown = ''] = Object.keys(stacksIn(profiles.get('stacks: major faults, count')));
    expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    expect(shown).not.toBe('');
  });

  test('is valid whatever the session', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const text = bytesOf(renderSpeedscope(endedSession(snapshot))).toString();
        expect(speedscopeErrors(JSON.parse(text))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
