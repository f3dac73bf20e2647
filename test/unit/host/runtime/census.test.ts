import { expect, test } from 'vitest';
import type { Goroutine } from '../../../../src/host/runtime/allgs.js';
import { takeCensus } from '../../../../src/host/runtime/census.js';

function goroutine(startPc: bigint, status: number): Goroutine {
  return { address: 1n, m: 0n, goid: 7n, status, startPc };
}

const times = <T>(count: number, one: T): T[] => new Array<T>(count).fill(one);

test('goroutines are counted by start function and by what they do, the most numerous function first', () => {
  const goroutines = [
    ...times(2, goroutine(0x1000n, 1)),
    ...times(3, goroutine(0x2000n, 2)),
    ...times(4, goroutine(0x2000n, 3)),
    ...times(5, goroutine(0x2000n, 4)),
  ];
  expect(takeCensus({ all: 14, goroutines })).toEqual({
    total: 14,
    cells: [
      { startPc: 0x2000n, runnable: 0, running: 3, syscall: 4, waiting: 5 },
      { startPc: 0x1000n, runnable: 2, running: 0, syscall: 0, waiting: 0 },
    ],
  });
});

test('dead ones do not count; those that move their stack or were stopped wait', () => {
  const goroutines = [0, 6, 10, 11, 8, 9].map((status) => goroutine(0x1000n, status));
  const { total, cells } = takeCensus({ all: 6, goroutines });
  expect(total).toBe(2);
  expect(cells).toEqual([{ startPc: 0x1000n, runnable: 0, running: 0, syscall: 0, waiting: 2 }]);
});

test('where one in ten was read, each counts tenfold', () => {
  const { total, cells } = takeCensus({ all: 100, goroutines: times(10, goroutine(0x1000n, 4)) });
  expect(total).toBe(100);
  expect(cells[0]?.waiting).toBe(100);
});

test('of very many functions only the most numerous are told, and the total is of all', () => {
  const goroutines = Array.from({ length: 200 }, (_, i) => times(i + 1, goroutine(BigInt(i + 1), 4))).flat();
  const { total, cells } = takeCensus({ all: goroutines.length, goroutines });
  expect(total).toBe(20_100);
  expect(cells).toHaveLength(64);
  expect(cells.map(({ waiting }) => waiting)).toEqual(Array.from({ length: 64 }, (_, i) => 200 - i));
});

test('without any goroutine there is nothing to tell', () => {
  expect(takeCensus({ all: 0, goroutines: [] })).toEqual({ total: 0, cells: [] });
});
