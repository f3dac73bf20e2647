import { expect, test } from 'vitest';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { OptionalSet } from '../../../src/session/optional-set.js';

/** Stands for a bpftrace; `begin` and `die` are when the test says. */
class FakeRunner {
  running = false;
  begin: () => void = () => {};
  readonly pid = null;
  refuse: (error: Error) => void = () => {};
  die: (reason: string) => void = () => {};
  readonly failed = new Promise<string>((resolve) => {
    this.die = (reason) => {
      this.running = false;
      resolve(reason);
    };
  });
  readonly #begun = new Promise<void>((resolve, reject) => {
    this.begin = resolve;
    this.refuse = reject;
  });

  async start(): Promise<void> {
    this.running = true;
    await this.#begun;
  }

  async stop(): Promise<void> {
    this.running = false;
    this.begin();
  }
}

/** A set whose runners are all kept, each begun at once unless they are `held`. */
function observed({ held = false } = {}) {
  const runners: FakeRunner[] = [];
  const records: FaultscopeRecord[] = [];
  const set = new OptionalSet({
    set: 'storage',
    emit: (record) => records.push(record),
    runner: () => {
      const runner = new FakeRunner();
      if (!held) runner.begin();
      runners.push(runner);
      return runner;
    },
  });
  const running = () => runners.filter((runner) => runner.running).length;
  return { set, runners, records, running };
}

/** All that has been set going. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('keys that come faster than bpftrace starts leave what was asked for last, and never two', async () => {
  for (const presses of [1, 2, 3, 4, 5]) {
    const { set, runners, running } = observed({ held: true });
    for (let press = 0; press < presses; press += 1) {
      set.toggle();
      await settled();
      expect(running()).toBeLessThanOrEqual(1);
    }
    for (let round = 0; round < presses; round += 1) {
      for (const runner of runners) runner.begin();
      await settled();
      expect(running()).toBeLessThanOrEqual(1);
    }
    expect(running()).toBe(presses % 2);
    await set.stop();
    expect(running()).toBe(0);
  }
});

test('a set that fails while it is switched off and on again leaves none behind that nobody stops', async () => {
  const { set, runners, running } = observed({ held: true });
  set.toggle();
  await settled();
  set.toggle();
  set.toggle();
  runners[0]?.refuse(new FaultscopeError({ exitCode: ExitCode.host, message: 'cannot trace' }));
  if (runners[0] !== undefined) runners[0].running = false;
  await settled();
  set.toggle();
  await settled();
  for (const runner of runners) runner.begin();
  await settled();
  set.toggle();
  await settled();
  expect(running()).toBe(0);
});

test('one that died is started by the next key', async () => {
  const { set, runners, running } = observed();
  await set.start();
  runners[0]?.die('bpftrace was killed by SIGKILL');
  await settled();
  set.toggle();
  await settled();
  expect(runners).toHaveLength(2);
  expect(running()).toBe(1);
});

test('the end of the session stops one that is only starting', async () => {
  const { set, running } = observed({ held: true });
  set.toggle();
  await settled();
  await set.stop();
  expect(running()).toBe(0);
  set.toggle();
  await settled();
  expect(running()).toBe(0);
});

test('what nobody thought of fails the set alone, with the reason said', async () => {
  const records: FaultscopeRecord[] = [];
  const set = new OptionalSet({
    set: 'wakers',
    emit: (record) => records.push(record),
    runner: () => {
      throw new RangeError('out of descriptors');
    },
  });
  await set.start();
  expect(records).toMatchObject([{ kind: 'probe', set: 'wakers', state: 'failed', detail: 'out of descriptors' }]);
});
