import { readFileSync, truncateSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { openRecording } from '../../../src/recording/recording.js';
import { Recordings } from '../../support/recordings.js';
import { BEGIN, SECOND } from '../model/records.js';
import { film } from '../replay/film.js';

const recordings = new Recordings();
afterAll(() => recordings.remove());

/** When a recording ends by what is told before it is read, in ns since the session record. */
function toldEnd(path: string): bigint | null {
  const recording = openRecording(path);
  recording.close();
  return recording.endNs === null ? null : recording.endNs - BEGIN;
}

it('tells when a recording ends without reading it', async () => {
  expect(toldEnd(await recordings.write('whole.fscope', film(90).flat()))).toBe(SECOND * 90n + SECOND / 2n);
});

it('tells it also where the last frame is cut, and where it is longer than most', async () => {
  const path = await recordings.write('cut.fscope', film(5).flat());
  truncateSync(path, readFileSync(path).length - 10);
  expect(toldEnd(path)).toBe(SECOND * 5n + SECOND / 2n);
  const random = (length: number) =>
    Array.from({ length }, (_, index) => String.fromCharCode(33 + ((index * 7919 + (index >> 3) * 104_729) % 90))).join(
      '',
    );
  const names = Array.from({ length: 900 }, (_, index) => ({
    kind: 'function' as const,
    pc: BigInt(index),
    name: random(1000 + index),
  }));
  const moments = film(6);
  const long = [...moments.slice(0, 5).flat(), ...names, ...moments.slice(5).flat()];
  expect(toldEnd(await recordings.write('long.fscope', long))).toBe(SECOND * 6n + SECOND / 2n);
});
