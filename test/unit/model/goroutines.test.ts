import { describe, expect, test } from 'vitest';
import { Goroutines } from '../../../src/model/goroutines.js';
import { type GoroutinesView, TOP_GOROUTINES } from '../../../src/model/snapshot.js';
import type { GoroutineFaultsRecord, GoroutineRef } from '../../../src/record/record.js';
import { BEGIN, fault, first, traceOf } from './records.js';

const RUNNING = 2;
const SYSCALL = 3;
const SCAN = 0x48_0000n;
const SERVE = 0x49_0000n;

function cell(fields: Partial<GoroutineFaultsRecord> = {}): GoroutineFaultsRecord {
  return {
    kind: 'goroutine-faults',
    cpu: 0,
    startPc: SCAN,
    holding: true,
    count: 1,
    totalNs: 100,
    maxNs: 100,
    ...fields,
  };
}

function faultOf(goid: bigint, fields: { weight?: number; latencyNs?: number | null } & Partial<GoroutineRef> = {}) {
  const { status = RUNNING, startPc = SCAN, weight = 1, latencyNs = 100 } = fields;
  return fault(0n, { weight, latencyNs, goroutine: { goid, status, startPc } });
}

function viewOf(goroutines: Goroutines): GoroutinesView {
  const view = goroutines.view();
  if (view === null) throw new Error('nothing is known of any goroutine');
  return view;
}

describe('functions', () => {
  test('are the sum over CPUs, those that held a P apart, most fault time first', () => {
    const goroutines = new Goroutines();
    goroutines.applyFunction({ kind: 'function', pc: SCAN, name: 'main.(*Index).scan' });
    goroutines.applyCell(cell({ cpu: 0, count: 3, totalNs: 300, maxNs: 150 }));
    goroutines.applyCell(cell({ cpu: 1, count: 2, totalNs: 200, maxNs: 180 }));
    goroutines.applyCell(cell({ cpu: 1, holding: false, count: 1, totalNs: 70, maxNs: 70 }));
    goroutines.applyCell(cell({ startPc: SERVE, count: 9, totalNs: 900, maxNs: 100 }));
    expect(viewOf(goroutines).functions).toEqual([
      {
        startPc: SERVE,
        start: null,
        majorFaults: 9,
        faultWaitNs: 900,
        maxNs: 100,
        holdingFaults: 9,
        holdingWaitNs: 900,
        census: null,
      },
      {
        startPc: SCAN,
        start: 'main.(*Index).scan',
        majorFaults: 6,
        faultWaitNs: 570,
        maxNs: 180,
        holdingFaults: 5,
        holdingWaitNs: 500,
        census: null,
      },
    ]);
  });

  test('are counted once, however often a cell is told: its figures are cumulative', () => {
    const goroutines = new Goroutines();
    for (const count of [1, 5, 12]) goroutines.applyCell(cell({ count, totalNs: count * 100 }));
    expect(first(viewOf(goroutines).functions)).toMatchObject({ majorFaults: 12, faultWaitNs: 1200 });
  });

  test('have the mean number of their goroutines over the censuses before which they faulted, nobody included', () => {
    const goroutines = new Goroutines();
    const fault = (startPc: bigint, count: number): void => goroutines.applyCell(cell({ startPc, count }));
    const census = (
      cells: { startPc: bigint; runnable: number; running: number; syscall: number; waiting: number }[],
    ) => goroutines.applyCensus({ kind: 'goroutine-census', atNs: BEGIN, total: 12, cells });
    // Before the load, and after it: none of the goroutines that matter.
    census([]);
    fault(SCAN, 1);
    fault(SERVE, 1);
    census([{ startPc: SCAN, runnable: 4, running: 2, syscall: 1, waiting: 5 }]);
    fault(SCAN, 5);
    fault(SERVE, 2);
    census([
      { startPc: SCAN, runnable: 1, running: 0, syscall: 0, waiting: 5 },
      { startPc: SERVE, runnable: 0, running: 1, syscall: 0, waiting: 0 },
    ]);
    census([{ startPc: SCAN, runnable: 0, running: 0, syscall: 0, waiting: 90 }]);
    const byPc = new Map(viewOf(goroutines).functions.map((entry) => [entry.startPc, entry.census]));
    expect(byPc.get(SCAN)).toEqual({ active: 4, waiting: 5 });
    expect(byPc.get(SERVE)).toEqual({ active: 0.5, waiting: 0 });
  });
});

describe('single goroutines', () => {
  test('are estimated by weights, most fault time first, and say how much of it held a P', () => {
    const goroutines = new Goroutines();
    goroutines.applyFunction({ kind: 'function', pc: SERVE, name: 'main.serve' });
    goroutines.applyFault(faultOf(7n, { weight: 3, latencyNs: 100 }));
    goroutines.applyFault(faultOf(7n, { weight: 1, latencyNs: 200, status: SYSCALL }));
    goroutines.applyFault(faultOf(9n, { weight: 2, latencyNs: 1000, startPc: SERVE }));
    goroutines.applyFault(faultOf(11n, { weight: 5, latencyNs: null }));
    const { top, seen } = viewOf(goroutines);
    expect(top).toEqual([
      { goid: 9n, start: 'main.serve', majorFaults: 2, faultWaitNs: 2000, holdingFraction: 1 },
      { goid: 7n, start: null, majorFaults: 4, faultWaitNs: 500, holdingFraction: 0.75 },
      { goid: 11n, start: null, majorFaults: 5, faultWaitNs: 0, holdingFraction: 1 },
    ]);
    expect(seen).toBe(3);
  });

  test('are not made of faults without one, nor of those that were sent only for being long', () => {
    const goroutines = new Goroutines();
    goroutines.applyFault(fault(0n, { goroutine: null }));
    goroutines.applyFault(faultOf(0n));
    goroutines.applyFault(faultOf(7n, { weight: 0 }));
    expect(goroutines.view()).toBeNull();
  });

  test('of a program with one for each request are bounded, and the one that faults all the time is among them', () => {
    const goroutines = new Goroutines();
    for (let goid = 1; goid <= 20_000; goid += 1) {
      goroutines.applyFault(faultOf(BigInt(goid + 1)));
      goroutines.applyFault(faultOf(1n, { latencyNs: 50 }));
    }
    const { top, seen } = viewOf(goroutines);
    expect(top).toHaveLength(TOP_GOROUTINES);
    expect(first(top)).toMatchObject({ goid: 1n, majorFaults: 20_000, faultWaitNs: 1_000_000 });
    expect(seen).toBe(20_001);
  });

  test('are counted once each, also those whose figures had to make room and that come again', () => {
    const goroutines = new Goroutines();
    for (const round of [1, 2, 3]) {
      for (let goid = 1; goid <= 5000; goid += 1) goroutines.applyFault(faultOf(BigInt(goid), { latencyNs: round }));
    }
    expect(viewOf(goroutines).seen).toBe(5000);
  });

  test('keep goids beyond 2^53 apart', () => {
    const goroutines = new Goroutines();
    goroutines.applyFault(faultOf(2n ** 53n));
    goroutines.applyFault(faultOf(2n ** 53n + 1n));
    expect(viewOf(goroutines).top).toHaveLength(2);
  });
});

test('a trace says nothing of goroutines where none was told, and their faults where some were', () => {
  expect(traceOf(fault(0n)).snapshot().goroutines).toBeNull();
  const { goroutines } = traceOf(faultOf(7n), cell(), { kind: 'function', pc: SCAN, name: 'main.scan' }).snapshot();
  expect(goroutines?.functions).toMatchObject([{ start: 'main.scan', majorFaults: 1 }]);
  expect(goroutines?.top).toMatchObject([{ goid: 7n, start: 'main.scan' }]);
});

test('single goroutines together took as long as their function did, however much a long fault stood for', () => {
  const goroutines = new Goroutines();
  goroutines.applyCell(cell({ count: 200, totalNs: 30_000 }));
  goroutines.applyFault(faultOf(7n, { weight: 100, latencyNs: 2000 }));
  goroutines.applyFault(faultOf(8n, { weight: 100, latencyNs: 1000 }));
  expect(viewOf(goroutines).top).toMatchObject([
    { goid: 7n, majorFaults: 100, faultWaitNs: 20_000 },
    { goid: 8n, majorFaults: 100, faultWaitNs: 10_000 },
  ]);
});
