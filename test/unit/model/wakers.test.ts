import { expect, test } from 'vitest';
import { Wakers } from '../../../src/model/wakers.js';
import { TOP_WAKES } from '../../../src/model/wakers-view.js';
import type { RuntimeFacts } from '../../../src/record/record.js';
import type { WakeChainRecord, WakeRecord } from '../../../src/record/wakers.js';
import { threadView } from '../export/snapshots.js';
import { code, FAULT, FUTEX_WAIT, INTERRUPTIBLE, UNINTERRUPTIBLE } from './records.js';

const wake = (facts: Partial<WakeRecord> = {}): WakeRecord => ({
  kind: 'wake',
  tid: 41,
  generation: 7,
  code: FUTEX_WAIT,
  waker: 'thread',
  wakerId: 42,
  count: 3,
  totalNs: 900,
  maxNs: 500,
  ...facts,
});
const chain = (facts: Partial<WakeChainRecord> = {}): WakeChainRecord => ({
  kind: 'wake-chain',
  tid: 41,
  generation: 7,
  holder: 42,
  faulter: 43,
  count: 2,
  overlapNs: 700,
  ...facts,
});
const THREADS = [
  threadView({ id: '41.6', tid: 41, name: 'earlier' }),
  threadView({ id: '41.7', tid: 41, name: 'waiter' }),
  threadView({ id: '42.9', tid: 42, name: 'holder' }),
];
const started = (): Wakers => {
  const wakers = new Wakers('x86_64');
  wakers.applyState(true);
  return wakers;
};
const viewOf = (wakers: Wakers, runtime: RuntimeFacts | null = null) => {
  const view = wakers.view(THREADS, runtime);
  if (view === null) throw new Error('there is no view');
  return view;
};

test('there is no view unless the set has run', () => {
  expect(new Wakers('x86_64').view([], null)).toBeNull();
  expect(viewOf(started())).toMatchObject({ wakes: [], chains: [], waits: 0, lockWaitNs: 0, lockBehindFaultNs: 0 });
});

test('a wait is laid to its cause and to who ended it, by name', () => {
  const wakers = started();
  wakers.apply(wake());
  wakers.apply({ kind: 'waker-name', atNs: 1n, pid: 900, comm: 'nginx' });
  wakers.apply(wake({ code: code(INTERRUPTIBLE, 0), waker: 'process', wakerId: 900, totalNs: 800 }));
  wakers.apply(wake({ code: FAULT, waker: 'interrupt', wakerId: 0, totalNs: 700 }));
  expect(viewOf(wakers).wakes).toEqual([
    expect.objectContaining({ threadName: 'waiter', cause: 'lock', syscall: 'futex', wakerName: 'holder' }),
    expect.objectContaining({ cause: 'net', syscall: 'read', wakerId: 900, wakerName: 'nginx' }),
    expect.objectContaining({ cause: 'fault', syscall: null, wakerId: null, wakerName: null }),
  ]);
});

test('readings of one cell replace each other, cells of one cause and waker are one row', () => {
  const wakers = started();
  wakers.apply(wake());
  wakers.apply(wake({ count: 5, totalNs: 1500, maxNs: 600 }));
  wakers.apply(wake({ code: code(UNINTERRUPTIBLE, 202), count: 1, totalNs: 100, maxNs: 100 }));
  expect(viewOf(wakers).wakes).toEqual([expect.objectContaining({ count: 6, totalNs: 1600, maxNs: 600 })]);
});

test('what was counted before the set was started anew is kept', () => {
  const wakers = started();
  wakers.apply(wake());
  wakers.apply(chain());
  wakers.applyState(false);
  wakers.applyState(true);
  wakers.apply(wake({ count: 1, totalNs: 50, maxNs: 50 }));
  wakers.apply(chain({ count: 1, overlapNs: 30 }));
  const view = viewOf(wakers);
  expect(view.wakes).toEqual([expect.objectContaining({ count: 4, totalNs: 950, maxNs: 500 })]);
  expect(view.chains).toEqual([expect.objectContaining({ count: 3, overlapNs: 730 })]);
});

test('chains name all three threads, and their time is part of the lock waits', () => {
  const wakers = started();
  wakers.apply(wake());
  wakers.apply(chain());
  expect(viewOf(wakers)).toMatchObject({
    chains: [
      { waiter: { tid: 41, name: 'waiter' }, holder: { tid: 42, name: 'holder' }, faulter: { tid: 43, name: null } },
    ],
    chainsTold: true,
    lockWaitNs: 900,
    lockBehindFaultNs: 700,
  });
});

test('a wait whose end nobody saw is counted, and has no row', () => {
  const wakers = started();
  wakers.apply(wake());
  wakers.apply(wake({ waker: 'unseen', wakerId: 0, count: 2, totalNs: 0, maxNs: 0 }));
  expect(viewOf(wakers)).toMatchObject({ waits: 5, unseenWaits: 2, wakes: [{ count: 3 }] });
});

test('for Go it is said that chains are not told', () => {
  const go = {
    kind: 'go',
    version: null,
    capacity: 2,
    capacitySource: null,
    goroutines: true,
    goroutineDetail: null,
  } as const;
  expect(viewOf(started(), go).chainsTold).toBe(false);
});

test('the longest are kept, and the sums are of all', () => {
  const wakers = started();
  for (let id = 1; id <= TOP_WAKES + 50; id += 1) wakers.apply(wake({ wakerId: id, totalNs: id }));
  const view = viewOf(wakers);
  expect(view.wakes).toHaveLength(TOP_WAKES);
  expect(view.wakes[0]?.totalNs).toBe(TOP_WAKES + 50);
  expect(view.lockWaitNs).toBe(((TOP_WAKES + 50) * (TOP_WAKES + 51)) / 2);
});

test('idle waits are listed behind all others, however long they are', () => {
  const wakers = started();
  wakers.apply(wake({ code: code(INTERRUPTIBLE, 232), totalNs: 9e9 }));
  wakers.apply(wake({ code: FAULT, totalNs: 5 }));
  const view = viewOf(wakers);
  expect(view.wakes.map(({ cause }) => cause)).toEqual(['fault', 'poll']);
  expect(view.idleNs).toBe(9e9);
});

test('of very many pairs those with most time stay, and no sum changes by it', () => {
  const wakers = started();
  for (let index = 0; index < 25_000; index += 1) {
    wakers.apply(wake({ wakerId: 1000 + index, count: 1, totalNs: index + 1, maxNs: index + 1 }));
  }
  const view = viewOf(wakers);
  expect(view.waits).toBe(25_000);
  expect(view.lockWaitNs).toBe((25_000 * 25_001) / 2);
  expect(view.wakes[0]?.totalNs).toBe(25_000);
  expect(wakers.dropped).toBe(15_000);
});

test('a cell that is told again after its row had to go counts for what is new in it', () => {
  const wakers = started();
  for (let index = 0; index < 15_000; index += 1) {
    wakers.apply(wake({ wakerId: 1000 + index, count: 1, totalNs: index + 1, maxNs: 1 }));
  }
  wakers.apply(wake({ wakerId: 1000, count: 2, totalNs: 51, maxNs: 50 }));
  expect(viewOf(wakers)).toMatchObject({ waits: 15_001, lockWaitNs: (15_000 * 15_001) / 2 + 50 });
});
