import { expect, test } from 'vitest';
import { LaneColumns } from '../../../../src/export/html/lane-columns.js';
import { lanePaths } from '../../../../src/export/html/lane-path.js';
import { drawnLanes } from '../../../../src/export/html/threads-section.js';
import type { Lane } from '../../../../src/export/lanes.js';
import { emptySplit } from '../../../../src/model/time-split.js';

function lane(tid: number, time: Partial<Lane['time']>): Lane {
  return { id: `${tid}.0`, tid, name: `t${tid}`, time: { ...emptySplit(), ...time }, majorFaults: 0 };
}

function play(spans: number, lanesAt: (span: number) => Lane[]): LaneColumns {
  const columns = new LaneColumns();
  for (let span = 0; span < spans; span += 1) {
    columns.add({ fromNs: span * 1000, toNs: (span + 1) * 1000, lanes: lanesAt(span) });
  }
  return columns;
}

test('however long the session, there are at most 240 columns, and no time of a thread is lost', () => {
  for (const spans of [1, 239, 240, 241, 5000]) {
    const columns = play(spans, (span) => [
      lane(1, { fault: 300, onCpu: 200 }),
      ...(span % 3 === 0 ? [lane(2, { disk: 1000 })] : []),
    ]);
    const [first, second] = columns.most(2);
    const sum = (of: typeof first, part: 'fault' | 'disk') =>
      columns.columns.reduce((all, _, column) => all + (of?.timeNs(column, part) ?? 0), 0);
    expect(columns.columns.length).toBeLessThanOrEqual(240);
    expect(columns.columns.at(-1)?.toNs).toBe(spans * 1000);
    expect(sum(first, 'fault')).toBe(300 * spans);
    expect(sum(second, 'disk')).toBe(1000 * Math.ceil(spans / 3));
  }
});

test('two lanes of one id in a span, as execve(2) makes them, are one with the time of both', () => {
  const [history] = play(1, () => [lane(1, { fault: 300 }), lane(1, { fault: 100, onCpu: 50 })]).most(2);
  expect([history?.timeNs(0, 'fault'), history?.timeNs(0, 'onCpu'), history?.faultNs]).toEqual([400, 50, 400]);
});

test('those with most time in major faults come first, of the others the busiest; idleness does not count', () => {
  const columns = play(3, () => [lane(1, { poll: 900, onCpu: 10 }), lane(2, { onCpu: 500 }), lane(3, { fault: 1 })]);
  expect(columns.most(3).map(({ tid }) => tid)).toEqual([3, 2, 1]);
});

test('of more than 2,000 threads those that came last are counted and not kept', () => {
  const columns = play(2, () => Array.from({ length: 2500 }, (_, tid) => lane(tid, { onCpu: 5 })));
  expect([columns.size, columns.left]).toEqual([2000, 500]);
});

test('a thread that was stuck for half of a column fills the lower half of its lane there, and only there', () => {
  const columns = play(2, (span) => [lane(1, span === 0 ? { poll: 1000 } : { fault: 500, poll: 500 })]);
  const [history] = columns.most(1);
  if (history === undefined) throw new Error('no lane');
  const placed = columns.columns.map(({ fromNs, toNs }) => ({ from: fromNs, to: toNs, durationNs: toNs - fromNs }));
  expect(lanePaths(history, placed)).toEqual([{ part: 'fault', path: 'M1000 20h1000v20h-1000z' }]);
});

test('what lasted too short to be drawn to scale is seen all the same', () => {
  const columns = play(1, () => [lane(1, { fault: 8, poll: 992 })]);
  const [history] = columns.most(1);
  if (history === undefined) throw new Error('no lane');
  expect(lanePaths(history, [{ from: 0, to: 1000, durationNs: 1000 }])).toEqual([
    { part: 'fault', path: 'M0 39h1000v1h-1000z' },
  ]);
});

test('where lanes are so varied that forty of them were too much for a page, fewer are drawn and the rest is counted', () => {
  const parts = ['fault', 'fault-other', 'onCpu', 'runQueue', 'disk', 'lock'] as const;
  const columns = play(239, (span) =>
    Array.from({ length: 60 }, (_, tid) =>
      lane(tid, Object.fromEntries(parts.map((part, at) => [part, ((span * 7919 + tid * 31 + at * 131) % 160) + 5]))),
    ),
  );
  const { lanes, data, leftOut } = drawnLanes(columns, 239_000);
  const drawn = lanes.flatMap(({ paths }) => paths.map(({ path }) => path.length)).reduce((a, b) => a + b);
  expect(drawn).toBeGreaterThan(500_000);
  expect(drawn + JSON.stringify(data).length).toBeLessThan(850_000);
  expect(lanes.length).toBeLessThan(40);
  expect(leftOut).toBe(60 - lanes.length);
});
