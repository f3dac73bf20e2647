import type { GoroutineCensusRecord } from '../../record/record.js';
import { type GoroutineReading, GoStatus } from './allgs.js';

type Cell = GoroutineCensusRecord['cells'][number];
type Count = 'runnable' | 'running' | 'syscall' | 'waiting';

/** How many start functions are told of. */
const MOST_CELLS = 64;

/** A goroutine that moves its stack or was stopped for that moment waits like another (runtime/runtime2.go). */
const COUNTED: ReadonlyMap<number, Count> = new Map([
  [GoStatus.runnable, 'runnable'],
  [GoStatus.running, 'running'],
  [GoStatus.syscall, 'syscall'],
  [GoStatus.waiting, 'waiting'],
  [GoStatus.copystack, 'waiting'],
  [GoStatus.preempted, 'waiting'],
]);

/**
 * Counts goroutines by start function and status, those that are dead left out; where not all were read, each stands for
 * as many as were left out. Only the most numerous functions have a cell.
 */
export function takeCensus({ all, goroutines }: GoroutineReading): Omit<GoroutineCensusRecord, 'kind' | 'atNs'> {
  const scale = goroutines.length === 0 ? 0 : all / goroutines.length;
  const cells = new Map<bigint, { [count in Count]: number }>();
  let total = 0;
  for (const { startPc, status } of goroutines) {
    const count = COUNTED.get(status);
    if (count === undefined) continue;
    total += 1;
    const cell = cells.get(startPc) ?? { runnable: 0, running: 0, syscall: 0, waiting: 0 };
    cells.set(startPc, cell);
    cell[count] += 1;
  }
  const scaled = [...cells].map(([startPc, cell]) => scaledCell(startPc, cell, scale));
  const numerous = scaled.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_CELLS);
  return { total: Math.round(total * scale), cells: numerous };
}

function scaledCell(startPc: bigint, cell: { readonly [count in Count]: number }, scale: number): Cell {
  const times = (count: number): number => Math.round(count * scale);
  return {
    startPc,
    runnable: times(cell.runnable),
    running: times(cell.running),
    syscall: times(cell.syscall),
    waiting: times(cell.waiting),
  };
}

function sizeOf({ runnable, running, syscall, waiting }: Cell): number {
  return runnable + running + syscall + waiting;
}
