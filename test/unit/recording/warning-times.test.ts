import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { Latest } from '../../../src/recording/baseline/latest.js';
import { openRecording } from '../../../src/recording/recording.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { formatClock } from '../../../src/text/units.js';
import { damaged, recorded } from './recorded.js';
import { end, moment, START, session, tick } from './ten-seconds.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-warnings.'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The main set is attached so long after the session record. */
const ATTACHED = 3;

const running: FaultscopeRecord = {
  kind: 'probe',
  atNs: START + BigInt(ATTACHED) * 1_000_000_000n,
  ...{ set: 'threads', state: 'running', variant: null, detail: null },
};

/** A moment a second, up to the tenth. */
const moments = [
  [session, tick(0)],
  ...Array.from({ length: 9 }, (_, index) => [...(index + 1 === ATTACHED ? [running] : []), ...moment(index + 1)]),
  [tick(10), end],
];

/** What a reader is warned of, and the times that the screen shows beside it. */
function shown(path: string) {
  const recording = openRecording(path);
  const trace = new Trace(recording.session);
  for (const record of [...recording.batches()].flat()) trace.apply(record);
  recording.close();
  return { warnings: recording.warnings, times: trace.snapshot().history.map(({ atNs }) => formatClock(atNs)) };
}

test('what is missing is told by the times of the screen, which count from when the program was attached to', async () => {
  const { warnings, times } = shown(damaged(await recorded(directory, moments), 6));
  expect(times).toEqual(['00:02', '00:04', '00:05', '00:06', '00:07']);
  expect(warnings).toEqual([expect.stringMatching(/^one moment is missing between 00:02 and 00:04: /)]);
});

test('also where it is missing just before the program was attached to', async () => {
  const { warnings } = shown(damaged(await recorded(directory, moments), ATTACHED - 1));
  expect(warnings).toEqual([expect.stringMatching(/^one moment is missing between 00:00 and 00:00: /)]);
});

test('where it breaks off is told by them, too', async () => {
  const { warnings, times } = shown(damaged(await recorded(directory, moments), 10));
  expect(times.at(-1)).toBe('00:06');
  expect(warnings).toEqual(['it breaks off after 00:06: what follows is damaged or cut off']);
});

test('a recording that begins in mid-session counts from its own beginning', async () => {
  const latest = new Latest();
  for (const record of moments.slice(0, 5).flat()) latest.apply(record);
  const path = join(directory, 'from-keyframe.fscope');
  const writer = await RecordingWriter.create(path, { force: true });
  writer.keyframe(latest.keyframe());
  for (const batch of moments.slice(5)) writer.write(batch);
  await writer.close();
  const { warnings, times } = shown(damaged(path, 3));
  expect(times).toEqual(['00:02', '00:04', '00:05', '00:06']);
  expect(warnings).toEqual([expect.stringMatching(/^one moment is missing between 00:02 and 00:04: /)]);
});
