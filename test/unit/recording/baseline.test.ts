import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { Latest } from '../../../src/recording/baseline/latest.js';
import { Rebase } from '../../../src/recording/baseline/rebase.js';
import { BEGIN, SECOND, SESSION, sample, switchOut, wait } from '../model/records.js';
import { between, figuresOf } from './figures.js';
import { moments } from './recorded.js';
import { type Interval, type Step, simulated } from './simulated-session.js';

function snapshotOf(session: typeof SESSION, batches: readonly (readonly FaultscopeRecord[])[]): Snapshot {
  const trace = new Trace(session);
  for (const record of batches.flat()) trace.apply(record);
  return trace.snapshot();
}

/** What a recording shows that begins after the first `cut` moments. */
function fromCut(batches: readonly (readonly FaultscopeRecord[])[], cut: number): Snapshot {
  const latest = new Latest();
  for (const record of batches.slice(0, cut).flat()) latest.apply(record);
  const rebase = Rebase.at(latest.keyframe());
  if (rebase === null) throw new Error('no keyframe');
  return snapshotOf(rebase.session, [rebase.begin, ...batches.slice(cut).map((batch) => rebase.next(batch))]);
}

function grownSince(batches: readonly (readonly FaultscopeRecord[])[], cut: number) {
  return between(figuresOf(snapshotOf(SESSION, batches.slice(0, cut))), figuresOf(snapshotOf(SESSION, batches)));
}

const step: fc.Arbitrary<Step> = fc.record({
  tid: fc.integer({ min: 41, max: 44 }),
  runNs: fc.integer({ min: 1, max: 200_000_000 }),
  queueNs: fc.nat({ max: 50_000_000 }),
  waitNs: fc.oneof(fc.integer({ min: 1, max: 200_000_000 }), fc.integer({ min: 1, max: 5_000_000_000 })),
  isFault: fc.boolean(),
});
const interval: fc.Arbitrary<Interval> = fc.record({
  ns: fc.integer({ min: 100_000_000, max: 1_500_000_000 }),
  steps: fc.array(step, { maxLength: 8 }),
  newEpoch: fc.boolean(),
  ends: fc.option(fc.integer({ min: 41, max: 44 })),
});

describe('a recording that begins in mid-session', () => {
  test('shows of threads, waits and faults exactly what came after its beginning', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 3, maxLength: 10 }), fc.nat(), (intervals, at) => {
        const batches = simulated(intervals);
        const cut = 1 + (at % (batches.length - 1));
        const recorded = figuresOf(fromCut(batches, cut));
        expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(grownSince(batches, cut)));
      }),
    );
  });

  test('leaves no more of a thread unexplained than the whole session does', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 3, maxLength: 10 }), fc.nat(), (intervals, at) => {
        const batches = simulated(intervals);
        const residues = fromCut(batches, 1 + (at % (batches.length - 1))).threads.map(({ residueNs }) => residueNs);
        expect(residues.filter((ns) => ns !== 0)).toEqual([]);
      }),
    );
  });
});

/** One record of each kind that grows, `n` times as much as at first. */
function counted(n: number): FaultscopeRecord[] {
  const sums = { count: 2 * n, totalNs: 900 * n, maxNs: 500 };
  const ref = { tid: 41, generation: 7 };
  const file = { device: 8, inode: 9n };
  const actor = { pid: 77, generation: 3 };
  const eviction = { actor, way: 'fadvise' as const, atNs: null };
  const another = { ...eviction, way: 'kswapd' as const, atNs: BEGIN };
  return [
    { kind: 'level', capacity: 2, level: 2, totalNs: 400 * n },
    { kind: 'sample-gap', samples: 10 * n, late: n, longestNs: 9_000_000, fullStalls: 3 * n },
    { kind: 'goroutine-faults', cpu: 1, startPc: 5n, holding: true, ...sums },
    { kind: 'file-faults', ...file, step: 'near', count: 2 * n, totalNs: 900 * n },
    { kind: 'request-cell', bucket: 35, ...sums },
    { kind: 'entry-faults', ...ref, count: 7 * n },
    { kind: 'entry-latency', ...ref, bucket: 35, ...sums },
    { kind: 'evictions', ...file, actor, way: 'fadvise', pages: 6 * n },
    { kind: 'fill', actor, source: 'page-cache', atNs: BEGIN + BigInt(n) * SECOND, bytes: 4096 * n },
    { kind: 'fault-cause', ...file, cause: 'refault', eviction, ...sums, ageTotalNs: 5000 * n, ageMaxNs: 4000 },
    { kind: 'fault-cause', ...file, cause: 'refault', eviction: another, ...sums, ageTotalNs: 70 * n, ageMaxNs: 60 },
    { kind: 'page-sampling', atNs: BEGIN, level: 2, forgotten: n },
    { kind: 'io-cell', device: 8, origin: 'fault', write: false, stage: 'whole', bucket: 35, ...sums, bytes: 4096 * n },
    {
      kind: 'stack',
      ...ref,
      cell: 4n,
      of: 'fault',
      code: 0,
      user: [0x1000n],
      kernel: [],
      count: 2 * n,
      totalNs: 900 * n,
    },
    { kind: 'stack-total', of: 'fault', count: 2 * n, totalNs: 900 * n },
    { kind: 'wake', ...ref, code: 0xca1, waker: 'thread', wakerId: 42, ...sums },
    { kind: 'wake-chain', ...ref, holder: 42, faulter: 43, count: n, overlapNs: 100 * n },
  ];
}

/** The set threads is never started again. */
const OF_THREADS: readonly string[] = ['level', 'sample-gap', 'goroutine-faults', 'file-faults'];

const PROBES = ['threads', 'entry', 'requests', 'pagecache', 'storage', 'stacks', 'wakers'] as const;
const probe = (set: (typeof PROBES)[number], state: 'running' | 'stopped', atNs = BEGIN): FaultscopeRecord => ({
  ...{ kind: 'probe', set, state, atNs, variant: null, detail: null },
});
const tick = (second: number): FaultscopeRecord => ({ kind: 'tick', atNs: BEGIN + BigInt(second) * SECOND });
const allRunning = [SESSION, ...PROBES.map((set) => probe(set, 'running'))];

describe('of what the kernel scripts count it shows what came since', () => {
  const whole = [
    [...allRunning, ...counted(3), tick(3)],
    [...counted(8), tick(8)],
  ];

  test('from every set, to the last one', () => {
    const recorded = figuresOf(fromCut(whole, 1));
    expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(grownSince(whole, 1)));
    expect(recorded.size).toBeGreaterThan(30);
  });

  test('also of a set that is started again, which counts from nought', () => {
    const anew = counted(2).filter(({ kind }) => !OF_THREADS.includes(kind));
    const again = [...whole, [...PROBES.slice(1).map((set) => probe(set, 'running')), ...anew, tick(9)]];
    expect(Object.fromEntries(figuresOf(fromCut(again, 1)))).toEqual(Object.fromEntries(grownSince(again, 1)));
  });

  test('also where the last figures of a set come after its end', () => {
    const late = [
      [...allRunning, tick(1)],
      [probe('stacks', 'stopped'), tick(2)],
      [...counted(4).filter(({ kind }) => kind.startsWith('stack')), tick(3)],
    ];
    expect(fromCut(late, 2).stacks?.faults.count).toBe(8);
  });

  test('a maximum of before is not told as one of the recording: no more than what came can have been', () => {
    const longest = (n: number, maxNs: number) => wait({ bucket: 35, count: n, totalNs: 500 * n, maxNs });
    const first = [...allRunning, sample(0n), switchOut(1n), longest(3, 511), tick(1)];
    const maxOf = (later: FaultscopeRecord) =>
      fromCut([first, [later, tick(2)]], 1).threads[0]?.waits.find(({ count }) => count > 0)?.distribution.maxNs;
    expect(maxOf(longest(4, 511))).toBe(500);
    expect(maxOf(longest(4, 512))).toBe(512);
  });

  test('a wait that was under way counts with the part that lies in the recording', () => {
    const hour = 3_600n * SECOND;
    const [first, second] = [
      [SESSION, probe('threads', 'running'), sample(0n), switchOut(1n, { event: 'first' }), sample(hour), tick(3600)],
      [
        wait({ bucket: 165, totalNs: Number(hour + 4n * SECOND), maxNs: Number(hour + 4n * SECOND) }),
        switchOut(hour + 5n * SECOND, { onCpuNs: SECOND - 1n }),
        sample(hour + 5n * SECOND, { onCpuNs: SECOND - 1n }),
        tick(3605),
      ],
    ];
    const [thread] = fromCut([first, second], 1).threads;
    expect(thread).toMatchObject({ lifetimeNs: 5e9, onCpuNs: 1e9 - 1, residueNs: 0 });
    expect(thread?.waits).toMatchObject([{ cause: 'lock', count: 1, totalNs: 4e9 + 1 }]);
  });
});

describe('a keyframe', () => {
  const latestOf = (records: readonly FaultscopeRecord[]) => {
    const latest = new Latest();
    for (const record of records) latest.apply(record);
    return latest.keyframe();
  };

  test('told to another one gives the same keyframe', () => {
    const records = [...allRunning, sample(0n), switchOut(1n), wait({}), ...counted(3), tick(3)];
    expect(latestOf(latestOf(records))).toEqual(latestOf(records));
  });

  test('has every name and mapping that still holds', () => {
    const mapping = (start: bigint, end: bigint): FaultscopeRecord => ({
      ...{ kind: 'mapping', atNs: BEGIN, start, end, of: 'file', path: '/x', offset: 0n, device: 8, inode: 9n },
    });
    const names: FaultscopeRecord[] = [
      { kind: 'thread', atNs: BEGIN, tid: 41, startTicks: 7, name: 'reader' },
      { kind: 'file', atNs: BEGIN, device: 8, inode: 9n, path: '/x', deleted: false, sizeBytes: 1n },
      { kind: 'function', pc: 5n, name: 'main.read' },
      { kind: 'symbol', atNs: BEGIN, address: 0x1000n, name: 'touch', module: 'x', offset: 0n },
      { kind: 'waker-name', atNs: BEGIN, pid: 4, comm: 'kswapd0' },
    ];
    const unmapped: FaultscopeRecord = { kind: 'unmapped', atNs: BEGIN, start: 0x2000n, end: 0x3000n };
    const keyframe = latestOf([...allRunning, ...names, mapping(0x1000n, 0x4000n), unmapped, tick(1)]);
    expect(keyframe).toEqual(expect.arrayContaining(names));
    expect(keyframe.filter(({ kind }) => kind === 'mapping')).toMatchObject([
      { start: 0x1000n, end: 0x2000n, offset: 0n },
      { start: 0x3000n, end: 0x4000n, offset: 0x2000n },
    ]);
  });

  test('of a program that starts and ends threads all the time stays as small as what lives', () => {
    const latest = new Latest();
    for (const record of allRunning) latest.apply(record);
    for (let second = 0; second < 3000; second += 1) {
      const tid = 100 + second;
      const atNs = BigInt(second) * SECOND;
      latest.apply({ kind: 'thread', atNs: BEGIN, tid, startTicks: 7, name: 'short' });
      latest.apply(sample(atNs, { tid }));
      latest.apply(wait({ tid, epoch: Math.floor(second / 100) }));
      latest.apply(switchOut(atNs, { tid, event: 'last' }));
      latest.apply(tick(second));
    }
    expect(latest.keyframe().length).toBeLessThan(60);
  });

  test('is refused where it has no session record or no tick', () => {
    expect(Rebase.at([])).toBeNull();
    expect(Rebase.at(moments([SESSION]).flat())).toBeNull();
    expect(Rebase.at([tick(1)])).toBeNull();
  });
});
