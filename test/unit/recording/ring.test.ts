import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultscopeRecord, RequestRecord } from '../../../src/record/record.js';
import { Latest } from '../../../src/recording/baseline/latest.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { BEGIN, SECOND, SESSION } from '../model/records.js';
import { readAll } from './recorded.js';

const RING_BYTES = 2 ** 20;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-ring.'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const tick = (second: number): FaultscopeRecord => ({ kind: 'tick', atNs: BEGIN + BigInt(second) * SECOND });

/** Some fifteen kilobytes that no compression makes smaller, and a level that grows by a second each. */
function moment(second: number): FaultscopeRecord[] {
  let seed = second + 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const requests = Array.from(
    { length: 2000 },
    (): RequestRecord => ({ kind: 'request', atNs: BEGIN + BigInt(random()), durationNs: random(), weight: 1 }),
  );
  return [
    ...(second === 0 ? [SESSION] : []),
    { kind: 'thread', atNs: BEGIN, tid: 41, startTicks: 7, name: `thread ${Math.floor(second / 100)}` },
    { kind: 'level', capacity: 2, level: 1, totalNs: (second + 1) * 1e9 },
    ...requests,
    tick(second),
  ];
}

/** Writes moments as a session does; what the file is after each of them. */
async function written(path: string, moments: number): Promise<Buffer[]> {
  const latest = new Latest();
  const writer = await RecordingWriter.create(path, {
    force: true,
    ring: { maxBytes: RING_BYTES, keyframe: () => latest.keyframe() },
  });
  const files: Buffer[] = [];
  for (let second = 0; second < moments; second += 1) {
    const records = moment(second);
    expect(writer.write(records)).toBe(true);
    for (const record of records) latest.apply(record);
    files.push(readFileSync(path));
  }
  await writer.close();
  return files;
}

/** What a ring shows: from which second to which, and how much of the level. */
function shown(path: string) {
  const { batches, warnings } = readAll(path);
  const records = batches.flat();
  const seconds = records.flatMap((record) => (record.kind === 'tick' ? [Number((record.atNs - BEGIN) / SECOND)] : []));
  const levelNs = records.findLast((record) => record.kind === 'level')?.totalNs ?? 0;
  return { records, warnings, seconds, levelNs };
}

test('as long as it is not full, all is kept', async () => {
  const path = join(directory, 'all.fscope');
  await written(path, 5);
  const { records, seconds } = shown(path);
  expect(records).toEqual(Array.from({ length: 5 }, (_, second) => moment(second)).flat());
  expect(seconds).toEqual([0, 1, 2, 3, 4]);
});

test('when it is full the latest moments are kept, one after the other, as of a session that began with them', async () => {
  const path = join(directory, 'full.fscope');
  await written(path, 250);
  expect(statSync(path).size).toBeLessThanOrEqual(RING_BYTES);
  const { records, seconds, levelNs, warnings } = shown(path);
  const [first = 0] = seconds;
  expect(first).toBeGreaterThan(100);
  expect(seconds).toEqual(Array.from({ length: 250 - first }, (_, index) => first + index));
  expect(levelNs).toBe((249 - first) * 1e9);
  expect(records[0]).toMatchObject({ kind: 'session', atNs: BEGIN + BigInt(first) * SECOND });
  expect(records.find(({ kind }) => kind === 'thread')).toMatchObject({ name: `thread ${Math.floor(first / 100)}` });
  expect(warnings).toEqual(['it has no end: the recorder was killed, or is still at work']);
});

test('killed in the middle of any write it has everything up to the moment before', async () => {
  const files = await written(join(directory, 'killed.fscope'), 120);
  const path = join(directory, 'torn.fscope');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 118 }), fc.double({ min: 0, max: 1, noNaN: true }), (second, part) => {
      const [before = Buffer.alloc(0), after = Buffer.alloc(0)] = files.slice(second - 1);
      writeFileSync(path, torn(before, after, part));
      const { seconds, levelNs } = shown(path);
      const [first = 0] = seconds;
      const last = seconds.at(-1) ?? 0;
      expect([second - 1, second]).toContain(last);
      expect(seconds).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
      expect(levelNs).toBe((last - first + (first === 0 ? 1 : 0)) * 1e9);
    }),
    { numRuns: 20 },
  );
});

/** The file of before, and of what came after it the first part of the bytes that differ. */
function torn(before: Buffer, after: Buffer, part: number): Buffer {
  const from = after.findIndex((byte, at) => byte !== before[at]);
  let to = after.length;
  while (to > from && after.length === before.length && after[to - 1] === before[to - 1]) to -= 1;
  const cut = from + Math.floor((to - from) * part);
  return Buffer.concat([after.subarray(0, cut), before.subarray(cut)]);
}

test('a moment that has no room beside its keyframe ends the recording with what would help; what was kept stays', async () => {
  const path = join(directory, 'small.fscope');
  const latest = new Latest();
  const writer = await RecordingWriter.create(path, {
    force: true,
    ring: { maxBytes: RING_BYTES, keyframe: () => latest.keyframe() },
  });
  writer.write(moment(0));
  const huge = Array.from({ length: 12 }, (_, index) => moment(index + 1).slice(0, -1)).flat();
  expect(writer.write([...huge, tick(1)])).toBe(false);
  await writer.close();
  expect(writer.error?.line).toMatch(/is too small for a target of this size: give --max-size \d+M or more/);
  expect(shown(path).seconds).toEqual([0]);
});
