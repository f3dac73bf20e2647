import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ExitCode } from '../../../src/errors.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { canMount, scratchDirectory } from '../export/scratch.js';
import { readAll } from './recorded.js';
import { moment, START, session, tick } from './ten-seconds.js';

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

/** Nothing that could be packed well. */
const bulky = (second: number): FaultscopeRecord[] => [
  ...Array.from(
    { length: 500 },
    (_, index): FaultscopeRecord => ({
      kind: 'symbol',
      atNs: START,
      address: (BigInt(index * second) * 0x9e37_79b9_7f4a_7c15n) % 2n ** 64n,
      name: null,
      module: null,
      offset: (BigInt(index + second) * 0xc2b2_ae3d_27d4_eb4fn) % 2n ** 64n,
    }),
  ),
  ...moment(second),
];

test.runIf(canMount())('a full disk ends the recording at its last whole moment, and it is said once', async () => {
  const path = join(scratch.mount('size=64k'), 'x.fscope');
  const writer = await RecordingWriter.create(path, { force: false });
  const written: FaultscopeRecord[][] = [];
  let batch = [session, tick(0)];
  while (writer.write(batch)) {
    written.push(batch);
    batch = bulky(written.length);
  }
  expect(written.length).toBeGreaterThan(2);
  expect(writer.error?.exitCode).toBe(ExitCode.failed);
  expect(writer.error?.message).toBe(`cannot write ${path}: the disk is full`);
  // It stays ended, whatever would still fit.
  expect(writer.write([tick(99)])).toBe(false);
  await writer.close();
  expect(statSync(path).size).toBe(writer.bytes);
  const { batches, warnings } = readAll(path);
  expect(batches).toStrictEqual(written);
  expect(warnings).toEqual(['it has no end: the recorder was killed, or is still at work']);
});

test.runIf(canMount())('a disk without room for the first byte is refused before anything is traced', async () => {
  const full = scratch.mount('size=4k');
  const first = await RecordingWriter.create(join(full, 'first.fscope'), { force: false });
  await expect(RecordingWriter.create(join(full, 'second.fscope'), { force: false })).rejects.toThrow(
    'the disk is full',
  );
  await first.close();
});
