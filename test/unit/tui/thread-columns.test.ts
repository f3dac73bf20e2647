import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { fitColumns, THREAD_COLUMNS } from '../../../src/tui/thread-columns.js';
import { endedThread, faultingThread, idleThread } from '../../tui/screens/snapshot-builder.js';

const idsAt = (width: number) => fitColumns(width).map(({ column }) => column.id);

describe('the columns of the thread table', () => {
  it('has what matters most at 80 columns', () => {
    expect(idsAt(79)).toEqual(['tid', 'name', 'now', 'faults', 'rate', 'p50', 'p99', 'max', 'fault', 'runq', 'cpu']);
  });

  it('has all of them at 200', () => {
    expect(idsAt(199)).toEqual(THREAD_COLUMNS.map(({ id }) => id));
  });

  it('never takes more room than there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 7, max: 300 }), (width) => {
        const used = fitColumns(width).reduce((sum, column) => sum + column.width + 1, -1);
        expect(used).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('fits every figure of ordinary threads into its column', () => {
    for (const thread of [faultingThread(4_194_304), idleThread(2), endedThread(3)]) {
      for (const { column, width } of fitColumns(199)) {
        expect(column.format(thread, UNICODE_GLYPHS, width).length, column.id).toBeLessThanOrEqual(width);
      }
    }
  });
});
