import { expect, test } from 'vitest';
import { type LaneSpan, Lanes } from '../../../src/export/lanes.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { recordedSession } from '../../support/exported.js';
import { BEGIN, running, SECOND, SESSION, sample, switchOut, tick } from '../model/records.js';

function spansOf(...records: readonly FaultscopeRecord[]): LaneSpan[] {
  const lanes = new Lanes();
  return Array.from(recordedSession(records).moments(), ({ trace }) => lanes.span(trace)).filter(
    (span) => span !== null,
  );
}

const onCpu = ({ lanes }: LaneSpan) => lanes.map(({ id, time }) => [id, time.onCpu]);

test('a span tells what threads did since the one before, and only of those that did anything', () => {
  const other = { tid: 42, startTicks: 9 };
  const spans = spansOf(
    SESSION,
    running(0n),
    sample(0n, { state: 'R' }),
    sample(0n, { state: 'R', ...other }),
    tick(0n),
    sample(SECOND, { state: 'R', onCpuNs: SECOND }),
    sample(SECOND, { state: 'R', onCpuNs: SECOND, ...other }),
    tick(SECOND),
    sample(2n * SECOND, { state: 'R', onCpuNs: 2n * SECOND, ...other }),
    tick(2n * SECOND),
    tick(3n * SECOND),
  );
  expect(spans.map(onCpu)).toEqual([
    [
      ['41.7', 1e9],
      ['42.9', 1e9],
    ],
    [['42.9', 1e9]],
    [],
  ]);
  expect(spans.map(({ fromNs, toNs }) => [fromNs, toNs])).toEqual([
    [0, 1e9],
    [1e9, 2e9],
    [2e9, 3e9],
  ]);
});

test('a thread that calls execve(2) beside the first is told for its own time, and the first one not once more', () => {
  const spans = spansOf(
    SESSION,
    running(0n),
    sample(0n, { state: 'R' }),
    sample(SECOND, { state: 'R', onCpuNs: SECOND }),
    tick(SECOND),
    switchOut(SECOND + 100n, { event: 'last', onCpuNs: SECOND + 100n }),
    switchOut(SECOND + 500n, { event: 'first', onCpuNs: 40n, blockedBaseNs: BEGIN + SECOND + 460n, code: 0 }),
    tick(2n * SECOND),
    switchOut(3n * SECOND, { onCpuNs: 70n, blockedBaseNs: BEGIN + SECOND + 460n, code: 0 }),
    tick(3n * SECOND),
  );
  expect(spans.map(onCpu)).toEqual([
    [['41.7', 1e9]],
    [
      ['41.7', 100],
      ['41.7', 0],
    ],
    [['41.7', 30]],
  ]);
});
