import { describe, expect, it } from 'vitest';
import { THREAD_COLUMNS } from '../../../src/tui/thread-columns.js';
import { orderThreads, ThreadOrder } from '../../../src/tui/thread-order.js';
import { endedThread, faultingThread, idleThread, snapshot } from '../../tui/screens/snapshot-builder.js';

const threads = [idleThread(3), faultingThread(2, { name: 'Worker' }), faultingThread(1), endedThread(4)];
const tids = (sort: string, descending: boolean, filter = '') =>
  orderThreads(threads, { sort, descending, filter }).threads.map(({ tid }) => tid);

describe('the order of threads', () => {
  it('goes by the column, equal ones by TID either way', () => {
    expect(tids('fault', true)).toEqual([1, 2, 4, 3]);
    expect(tids('fault', false)).toEqual([3, 1, 2, 4]);
    expect(tids('tid', true)).toEqual([4, 3, 2, 1]);
  });

  it('puts what is not known last, whichever way round', () => {
    expect(tids('p50', true).at(-1)).toBe(3);
    expect(tids('p50', false).at(-1)).toBe(3);
    expect(tids('rate', true).at(-1)).toBe(4);
    expect(tids('name', false).at(-1)).toBe(4);
  });

  it('filters by part of a name in any case, or of a TID', () => {
    expect(tids('tid', false, 'work')).toEqual([2]);
    expect(tids('tid', false, '4')).toEqual([4]);
    expect(tids('tid', false, 'nobody')).toEqual([]);
  });

  it('filters by the name as it is shown', () => {
    const hidden = [faultingThread(7, { name: 'wo\u200brk\x1b[31mer' })];
    expect(orderThreads(hidden, { sort: 'tid', descending: false, filter: 'worker' }).ids).toEqual(['7']);
  });

  it('can sort by every column', () => {
    for (const { id } of THREAD_COLUMNS) expect(tids(id, true).toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('is worked out once for a snapshot, and anew for another snapshot or question', () => {
    const order = new ThreadOrder();
    const first = snapshot({ threads });
    const query = { sort: 'fault', descending: true, filter: '' };
    const ordered = order.of(first, query);
    expect(order.of(first, { ...query })).toBe(ordered);
    expect(order.of(first, { ...query, descending: false }).ids).not.toEqual(ordered.ids);
    expect(order.of(snapshot({ threads: [] }), query).ids).toEqual([]);
  });
});
