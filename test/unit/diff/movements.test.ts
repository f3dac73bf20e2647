import { expect, test } from 'vitest';
import { movementsOf } from '../../../src/diff/movements.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { goroutineFunction, SECOND, session, swappedMemory } from '../diagnosis/sessions.js';
import { threadView } from '../export/snapshots.js';

function withThreads(seconds: number, ...threads: readonly (readonly [string, number])[]): Snapshot {
  const views = threads.map(([name, stuck], tid) =>
    threadView({ tid, id: String(tid), name, faultWaitNs: stuck * SECOND }),
  );
  const whole = session(seconds);
  return { ...whole, totals: { ...whole.totals, threadsAlive: views.length }, threads: views };
}

test('threads of one name are one group, numbers aside, by how many of them are stuck at a time', () => {
  const before = withThreads(10, ['worker-1', 8], ['worker-22', 6], ['main', 1]);
  const after = withThreads(20, ['worker-3', 2], ['main', 2]);
  expect(movementsOf(before, after).threads).toEqual([{ name: 'worker-N', before: 1.4, after: 0.1 }]);
});

test('the five that moved most are told, most first', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const before = withThreads(10, ...names.map((name, index) => [name, index] as const));
  const moved = movementsOf(before, withThreads(10)).threads;
  expect(moved.map(({ name }) => name)).toEqual(['g', 'f', 'e', 'd', 'c']);
  expect(moved[0]).toEqual({ name: 'g', before: 0.6, after: 0 });
});

test('what is not listed where the list is cut is unknown, not nought', () => {
  const before = { ...session(10), files: swappedMemory('heap', 100) };
  const cut = swappedMemory('anonymous', 100, 3 * SECOND);
  const after = { ...session(10), files: { ...cut, more: { files: 3, majorFaults: 9, faultWaitNs: 9 } } };
  expect(movementsOf(before, after).files).toEqual([
    { name: 'anonymous memory', before: 0, after: 0.3 },
    { name: '[heap]', before: 0.1, after: null },
  ]);
});

test('goroutines are told by their start function', () => {
  const goroutines = { functions: [goroutineFunction({ faultWaitNs: 2 * SECOND })], top: [], seen: 1 };
  expect(movementsOf({ ...session(10), goroutines }, session(10)).functions).toEqual([
    { name: 'main.(*Server).handle', before: 0.2, after: 0 },
  ]);
});
