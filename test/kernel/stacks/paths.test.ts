import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bpftraces } from '../support/bpftraces.js';
import { measureBefore } from '../support/measure-before.js';
import { until } from '../support/until.js';
import { numberOf, startWorkload, type Workload, type WorkloadEvent } from '../support/workload.js';
import { type Collected, collectStacks, collectWith } from './collected.js';
import { Perf } from './perf.js';

const WAYS: { readonly [way: string]: string } = {
  serve_find: 'touch_next < find_row < serve_find < toucher',
  serve_scan: 'touch_next < scan_rows < serve_scan < toucher',
  rebuild_index: 'touch_next < scan_rows < rebuild_index < toucher',
  warm_up: 'touch_next < warm_up < toucher',
  audit: 'touch_next < find_row < audit < toucher',
};
const FAULTS = 499 + 251 + 127 + 61 + 31;
/** The sleeps of "waiter", as it asks for them. */
const REPLIES = { count: 40, ns: 40 * 5e6 };
const SLOTS = { count: 20, ns: 20 * 20e6 };
const STUCK_NS = 1.5e9;

/** Lets it go, and waits until it has done all but for ending. */
async function run(workload: Workload): Promise<readonly WorkloadEvent[]> {
  workload.go();
  const results = await workload.events('result', 2);
  await later(STUCK_NS / 1e6);
  return results;
}

describe.each(bpftraces())('with the bpftrace of $release', ({ path, release }) => {
  let workload: Workload;
  let collected: Collected;
  let results: readonly WorkloadEvent[];
  let perf: ReadonlyMap<string, number>;
  let openSeen = 0;

  measureBefore(async () => {
    workload = await startWorkload('paths', []);
    try {
      const witness = new Perf(workload.pid);
      await witness.attached();
      collected = await collectStacks(workload, path, async (so_far) => {
        results = await run(workload);
        // A dump while it runs.
        openSeen = await until('the open wait', () => waitOf(so_far, 'stay_stuck').totalNs);
      });
      perf = await witness.stacks();
    } finally {
      await workload.end();
    }
  });

  test('every fault is laid to the way it was taken on, and no other', () => {
    const truth = new Map(Object.entries(WAYS).map(([way, stack]) => [stack, countOf(workload, way)]));
    const found = new Map<string, number>();
    for (const [stack, count] of collected.faultsByStack()) {
      const way = [...truth.keys()].find((one) => stack.startsWith(one)) ?? stack;
      found.set(way, (found.get(way) ?? 0) + count);
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(truth));
  });

  test('what the stacks add up to is all there was: the faults that the kernel counted', () => {
    const toucher = results.find(({ name }) => name === 'toucher');
    expect(collected.sum('fault')).toEqual(collected.total('fault'));
    expect(collected.total('fault').count).toBe(FAULTS);
    expect(toucher?.majflt).toBe(FAULTS);
    expect(collected.stacks('fault').map(({ tid }) => tid)).toEqual(Array(5).fill(toucher?.tid));
    expect(collected.sum('off-cpu')).toEqual(collected.total('off-cpu'));
    expect(collected.losses).toEqual([]);
    expect(collected.untold.size).toBe(0);
  });

  test('perf record of the same run has the same five stacks with the same shares', () => {
    const ours = top(collected.faultsByStack());
    const theirs = top(perf);
    expect(ours.map(({ stack }) => stack)).toEqual(theirs.map(({ stack }) => stack));
    for (const [index, { share }] of ours.entries()) expect(share).toBeCloseTo(theirs[index]?.share ?? -1, 5);
  });

  test('waits are laid to the code that waits, with the kernel below it', () => {
    const waiter = results.find(({ name }) => name === 'waiter');
    if (waiter === undefined) throw new Error('no waiter');
    for (const [way, asked, field] of [
      ['wait_for_reply', REPLIES, 'replyNs'],
      ['wait_for_slot', SLOTS, 'slotNs'],
    ] as const) {
      const wait = waitOf(collected, way);
      expect(wait.count).toBe(asked.count);
      // The clock counts from the switch-out on, a little after the program began to wait.
      expect(wait.totalNs).toBeGreaterThan(asked.ns * 0.98);
      expect(wait.totalNs).toBeLessThan(numberOf(waiter, field));
      expect(wait.kernel).toContain('do_nanosleep');
      // Nothing of the tracing itself.
      expect(wait.kernel[0]).toBe('__schedule');
    }
  });

  test('a fault waits under its own kernel stack', () => {
    const waits = collected.stacks('off-cpu').filter(({ user }) => collected.names(user).includes('touch_next'));
    // A fast disk answers before most of them fall asleep.
    expect(waits.length).toBeGreaterThan(0);
    for (const { kernel } of waits) expect(collected.names(kernel)).toContain('handle_mm_fault');
  });

  test('a thread that stays stuck shows before its wait is over, and at the end', () => {
    expect(openSeen).toBeGreaterThan(0);
    expect(waitOf(collected, 'stay_stuck')).toMatchObject({ count: 1 });
    expect(waitOf(collected, 'stay_stuck').totalNs).toBeGreaterThan(STUCK_NS);
  });

  test(`names have their modules and offsets (${release})`, () => {
    const [stack] = collected.stacks('fault');
    const frames = (stack?.user ?? []).map((address) => collected.symbol(address));
    expect(frames[0]).toMatchObject({ name: 'touch_next', module: 'paths' });
    expect(frames.at(-1)?.module).toMatch(/^libc/);
    for (const frame of frames) expect(frame?.offset).toBeLessThan(4096n);
  });
});

function countOf(workload: Workload, way: string): number {
  const event = workload.said('way').find(({ name }) => name === way);
  return event === undefined ? -1 : numberOf(event, 'faults');
}

/** All waits with that function on their stack. */
function waitOf(collected: Collected, way: string): { count: number; totalNs: number; kernel: readonly string[] } {
  const sum = { count: 0, totalNs: 0, kernel: [] as readonly string[] };
  for (const { user, kernel, count, totalNs } of collected.stacks('off-cpu')) {
    if (!collected.names(user).includes(way)) continue;
    sum.count += count;
    sum.totalNs += totalNs;
    sum.kernel = collected.names(kernel);
  }
  return sum;
}

function top(stacks: ReadonlyMap<string, number>): readonly { readonly stack: string; readonly share: number }[] {
  const all = [...stacks.values()].reduce((sum, count) => sum + count, 0);
  return [...stacks]
    .map(([stack, count]) => ({ stack, share: count / all }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);
}

async function collect(bpftrace: string, maps: { mapKeys: number; byThread: number }): Promise<Collected> {
  const workload = await startWorkload('paths', []);
  try {
    return await collectWith(workload, bpftrace, maps, () => run(workload));
  } finally {
    await workload.end();
  }
}

test.each(bpftraces())(
  'maps too small, $release: what no stack could be kept for is in the total',
  async ({ path }) => {
    const collected = await collect(path, { mapKeys: 4, byThread: 1000 });
    expect(collected.total('fault').count).toBe(FAULTS);
    expect(collected.sum('fault').count).toBeLessThan(FAULTS);
    expect(collected.sum('off-cpu').count).toBeLessThan(collected.total('off-cpu').count);
  },
);

test('stacks beyond what is kept by thread are kept for all threads together', async () => {
  const collected = await collect(bpftraces().at(-1)?.path ?? '', { mapKeys: 4096, byThread: 2 });
  expect(collected.sum('fault')).toEqual(collected.total('fault'));
  expect(collected.total('fault').count).toBe(FAULTS);
  expect(collected.stacks('fault').some(({ tid }) => tid === 0)).toBe(true);
  expect(collected.sum('off-cpu')).toEqual(collected.total('off-cpu'));
});
