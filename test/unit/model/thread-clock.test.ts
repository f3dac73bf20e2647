import { describe, expect, test } from 'vitest';
import { ThreadClock } from '../../../src/model/thread-clock.js';
import type { SampleRecord, SwitchRecord } from '../../../src/record/record.js';
import { BEGIN, code, FUTEX_WAIT, INTERRUPTIBLE, sample, switchOut } from './records.js';

const PREEMPTED = code(0, 202);

function clockOf(...records: readonly (SampleRecord | SwitchRecord)[]): ThreadClock {
  const clock = new ThreadClock();
  for (const record of records) {
    if (record.kind === 'sample') clock.applySample(record);
    else clock.applySwitch(record);
  }
  return clock;
}

test('of a thread nobody has seen nothing is known', () => {
  expect(new ThreadClock().read()).toBeNull();
});

describe('a thread born while we watch', () => {
  const born = switchOut(500n, {
    event: 'first',
    born: true,
    blockedBaseNs: BEGIN + 100n,
    onCpuNs: 300n,
    runQueueNs: 100n,
  });

  test('lives since its birth, not since its first switch-out', () => {
    expect(clockOf(born).read()).toMatchObject({
      lifetimeNs: 400,
      onCpuNs: 300,
      runQueueNs: 100,
      first: null,
    });
  });

  test('lives since its birth also if /proc was read before the script told of it', () => {
    expect(clockOf(sample(450n, { onCpuNs: 250n, runQueueNs: 100n, state: 'R' }), born).read()).toMatchObject({
      lifetimeNs: 400,
      onCpuNs: 300,
      first: null,
    });
  });
});

describe('a thread that was there before', () => {
  const waitingIn = { syscall: 281, arg1: 0n };
  const start = sample(0n, { onCpuNs: 9_000n, runQueueNs: 1_000n, state: 'S', waitingIn });

  test('has, until its first switch-out, the wait it was found in', () => {
    expect(clockOf(start, sample(700n, { onCpuNs: 9_000n, runQueueNs: 1_000n })).read()).toMatchObject({
      lifetimeNs: 700,
      onCpuNs: 0,
      runQueueNs: 0,
      first: { code: code(INTERRUPTIBLE, 281), ns: 700, open: true },
      open: null,
    });
  });

  test('has had that wait for as long as its blocked clock had moved by its first switch-out', () => {
    const blockedBaseNs = BEGIN + 600n - 10_000n;
    const next = switchOut(650n, { event: 'first', onCpuNs: 9_050n, runQueueNs: 1_000n, blockedBaseNs });
    expect(clockOf(start, next).read()).toMatchObject({
      lifetimeNs: 650,
      onCpuNs: 50,
      first: { ns: 600, open: false },
    });
  });

  test('is not in that wait any more once it runs', () => {
    const awake = sample(700n, { onCpuNs: 9_100n, runQueueNs: 1_000n, state: 'R' });
    expect(clockOf(start, awake).read()).toMatchObject({ onCpuNs: 100, first: { ns: 600, open: false } });
  });

  test.each([
    ['D', { syscall: -1, arg1: 0n }, code(2, 0x3ff)],
    ['S', { syscall: 202, arg1: 128n }, FUTEX_WAIT],
    ['S', { syscall: 202, arg1: 137n }, code(1, 202, { sub: 1 })],
    ['S', { syscall: 202, arg1: 9n | (1n << 63n) }, code(1, 202, { sub: 1 })],
    ['T', { syscall: 0, arg1: 0n }, code(3, 0)],
  ])('found in state %s in %o has its wait told as the script would', (state, where, packed) => {
    const records = [sample(0n, { state, waitingIn: where }), sample(700n, { state })];
    expect(clockOf(...records).read()?.first?.code).toBe(packed);
  });

  test('found running has no first wait', () => {
    expect(clockOf(sample(0n, { state: 'R' }), sample(700n, { onCpuNs: 700n, state: 'R' })).read()?.first).toBeNull();
  });
});

describe('an open wait', () => {
  test('is as long as the blocked clock has moved since its switch-out', () => {
    const clock = clockOf(switchOut(100n, { onCpuNs: 50n }), sample(1_000n, { onCpuNs: 50n }));
    expect(clock.read()?.open).toEqual({ code: FUTEX_WAIT, ns: 900, open: true });
  });

  test('does not hold the time that the thread has been runnable or running since', () => {
    const clock = clockOf(
      switchOut(100n, { onCpuNs: 50n }),
      sample(1_000n, { onCpuNs: 250n, runQueueNs: 300n, state: 'R' }),
    );
    expect(clock.read()?.open).toMatchObject({ ns: 400, open: false });
  });

  test('is nought long where nothing newer than its switch-out is known', () => {
    expect(clockOf(sample(50n), switchOut(100n)).read()?.open?.ns).toBe(0);
  });

  test('is not there after a thread was preempted', () => {
    expect(clockOf(switchOut(100n, { code: PREEMPTED }), sample(200n, { state: 'R' })).read()?.open).toBeNull();
  });
});

describe('what /proc says of a running thread is old by up to a tick', () => {
  test('the difference is its CPU time if it was last preempted', () => {
    const records = [switchOut(100n, { onCpuNs: 50n, code: PREEMPTED }), sample(1_000n, { onCpuNs: 450n, state: 'R' })];
    expect(clockOf(...records).read()).toMatchObject({ lifetimeNs: 900, onCpuNs: 900 });
  });

  test('the difference is its CPU time if it has never left the CPU', () => {
    const records = [sample(0n, { state: 'R' }), sample(1_000n, { onCpuNs: 600n, state: 'R' })];
    expect(clockOf(...records).read()).toMatchObject({ lifetimeNs: 1000, onCpuNs: 1000 });
  });

  test('CPU time that got ahead of the clock is not taken back', () => {
    const records = [sample(0n, { state: 'R' }), sample(1_000n, { onCpuNs: 1_004n, state: 'R' })];
    expect(clockOf(...records).read()?.onCpuNs).toBe(1004);
  });
});

describe('the later of the two sources is believed', () => {
  test('a switch-out after the reading of /proc', () => {
    const records = [sample(0n), sample(500n, { onCpuNs: 100n }), switchOut(800n, { onCpuNs: 300n })];
    expect(clockOf(...records).read()).toMatchObject({ lifetimeNs: 800, onCpuNs: 300 });
  });

  test("an older dump that arrives after the thread's end changes nothing", () => {
    const last = switchOut(800n, { event: 'last', onCpuNs: 300n });
    const clock = clockOf(sample(0n), last, switchOut(700n, { onCpuNs: 200n }));
    expect(clock.ended).toBe(true);
    expect(clock.read()).toMatchObject({ lifetimeNs: 800, onCpuNs: 300, open: null });
  });

  test('after its last switch-out nothing newer from /proc counts', () => {
    const clock = clockOf(
      sample(0n),
      switchOut(800n, { event: 'last', onCpuNs: 300n }),
      sample(900n, { onCpuNs: 300n, state: 'Z' }),
    );
    expect(clock.read()).toMatchObject({ lifetimeNs: 800 });
  });
});
