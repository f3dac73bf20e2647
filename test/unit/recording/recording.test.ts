import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { FILE_HEADER_BYTES, fileHeader } from '../../../src/recording/frames.js';
import { openRecording } from '../../../src/recording/recording.js';
import { FORMAT_VERSION } from '../../../src/recording/shapes.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { arbitraryRecord } from './arbitrary-records.js';
import { damaged, framesIn, readAll, recorded } from './recorded.js';
import { end, moment, START, session, tenSeconds, tick } from './ten-seconds.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-recording.'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function withBytes(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

function errorOf(path: string): FaultscopeError {
  try {
    openRecording(path).close();
  } catch (error) {
    if (error instanceof FaultscopeError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

test('a recording gives back the session moment by moment, as often as it is asked', async () => {
  const recording = openRecording(await recorded(directory, tenSeconds));
  expect(recording.session).toStrictEqual(session);
  expect([...recording.batches()]).toStrictEqual(tenSeconds);
  expect([...recording.batches()]).toStrictEqual(tenSeconds);
  expect(recording.warnings).toEqual([]);
  recording.close();
});

test('any records in any moments come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(arbitraryRecord, { minLength: 1, maxLength: 30 }), { maxLength: 8 }),
      async (any) => {
        const batches = [[session], ...any];
        expect(readAll(await recorded(directory, batches)).batches).toStrictEqual(structuredClone(batches));
      },
    ),
    { numRuns: 100 },
  );
});

test('a recording can be read while it is being written, up to its last moment', async () => {
  const path = join(directory, 'growing.fscope');
  const writer = await RecordingWriter.create(path, { force: false });
  for (const [index, batch] of tenSeconds.entries()) {
    writer.write(batch);
    expect(readAll(path).batches).toStrictEqual(tenSeconds.slice(0, index + 1));
  }
  await writer.close();
});

test('cut anywhere it is read up to its last whole moment', async () => {
  const bytes = readFileSync(await recorded(directory, tenSeconds));
  const frames = framesIn(bytes);
  const whole = (length: number): number => frames.filter((start) => start <= length).length - 1;
  for (let length = frames[1] ?? 0; length < bytes.length; length += 1) {
    const { batches, warnings } = readAll(withBytes('cut.fscope', bytes.subarray(0, length)));
    expect(batches).toStrictEqual(tenSeconds.slice(0, whole(length)));
    expect(warnings).toHaveLength(1);
  }
});

test.each([
  ['zeros', Buffer.alloc(100_000)],
  ['rubbish', Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251))],
])('a tail of %s, as a power loss leaves it, costs nothing that was before it', async (_, tail) => {
  const bytes = readFileSync(await recorded(directory, tenSeconds.slice(0, -1)));
  const { batches, warnings } = readAll(withBytes('tail.fscope', Buffer.concat([bytes, tail])));
  expect(batches).toStrictEqual(tenSeconds.slice(0, -1));
  expect(warnings).toEqual(['it breaks off after 00:09: what follows is damaged or cut off']);
});

test('a damaged moment costs only itself, and it is said what is missing and when', async () => {
  const path = damaged(await recorded(directory, tenSeconds), 5);
  const { batches, warnings } = readAll(path);
  expect(batches).toStrictEqual(tenSeconds.filter((_, index) => index !== 5));
  expect(warnings).toEqual([
    'one moment is missing between 00:04 and 00:06: damaged; counts and sums go on, single faults and stalls of that time are lost',
  ]);
});

test('moments that come twice, or again later, are told once', async () => {
  const bytes = readFileSync(await recorded(directory, tenSeconds));
  const frames = framesIn(bytes);
  const twice = frames.slice(0, -1).flatMap((start, index) => {
    const frame = bytes.subarray(start, frames[index + 1]);
    return [frame, frame];
  });
  const header = bytes.subarray(0, FILE_HEADER_BYTES);
  const { batches, warnings } = readAll(withBytes('twice.fscope', Buffer.concat([header, ...twice])));
  expect(batches).toStrictEqual(tenSeconds);
  expect(warnings.length).toBeGreaterThan(0);
});

test('a recording of a newer version says so', () => {
  const error = errorOf(withBytes('newer.fscope', fileHeader(FORMAT_VERSION + 1)));
  expect(error.exitCode).toBe(ExitCode.usage);
  expect(error.line).toBe(
    `${join(directory, 'newer.fscope')} was recorded by a newer faultscope (format ${FORMAT_VERSION + 1}; this one reads up to ${FORMAT_VERSION}): update faultscope`,
  );
});

test('what is no recording, or nothing of one, is refused in one line', () => {
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const lines = [
    withBytes('empty', Buffer.alloc(0)),
    withBytes('text', Buffer.from('{"kind":"session"}')),
    withBytes('header-only', fileHeader(1)),
    withBytes('half-a-header', fileHeader(1).subarray(0, 12)),
    fifo,
    '/dev/zero',
    directory,
    join(directory, 'nowhere'),
  ].map((path) => {
    const { exitCode, line } = errorOf(path);
    expect(exitCode).toBe(ExitCode.usage);
    return line.replaceAll(`${directory}/`, '').replaceAll(directory, 'directory');
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "empty is no recording: name a file that faultscope record has made",
      "text is no recording: name a file that faultscope record has made",
      "nothing is recorded in header-only: it was ended or damaged before its first moment was whole",
      "the beginning of half-a-header is damaged: nothing can be made of the rest",
      "fifo is not a regular file: name a file that faultscope record has made",
      "/dev/zero is not a regular file: name a file that faultscope record has made",
      "directory is not a regular file: name a file that faultscope record has made",
      "there is no file nowhere: check its name",
    ]
  `);
});

test('a moment of more than a megabyte comes in several batches, nothing of it missing', async () => {
  const large = Array.from(
    { length: 100_000 },
    (_, index): FaultscopeRecord => ({
      kind: 'fault',
      atNs: START + BigInt(index * 7919),
      tid: index % 1000,
      generation: index % 16_384,
      address: BigInt(index) * 0x1234_5678_9abcn,
      instruction: BigInt(index * 17),
      latencyNs: index * 1001,
      weight: 1,
      page: null,
      goroutine: null,
    }),
  );
  const { batches } = readAll(
    await recorded(directory, [
      [session, ...large, tick(1)],
      [tick(2), end],
    ]),
  );
  expect(batches.length).toBeGreaterThan(2);
  expect(batches.flat()).toStrictEqual([session, ...large, tick(1), tick(2), end]);
});

test('a record that the format has no room for is left out and counted, the others are there', async () => {
  const path = join(directory, 'misfit.fscope');
  const writer = await RecordingWriter.create(path, { force: true });
  const beyond: FaultscopeRecord = { kind: 'level', capacity: 2, level: 2 ** 40, totalNs: 1 };
  expect(writer.write([session, beyond, ...moment(1), beyond, beyond, tick(2)])).toBe(true);
  await writer.close();
  expect(writer.leftOut).toBe(3);
  expect(readAll(path).batches.flat()).toStrictEqual([session, ...moment(1), tick(2)]);
});

test('the file belongs to its owner alone, and nothing is overwritten unless that is asked for', async () => {
  const path = await recorded(directory, tenSeconds, 'mine.fscope');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(RecordingWriter.create(path, { force: false })).rejects.toThrow('exists already');
  const victim = withBytes('victim', Buffer.from('precious'));
  const link = join(directory, 'link.fscope');
  symlinkSync(victim, link);
  await expect(RecordingWriter.create(link, { force: false })).rejects.toThrow('exists already');
  await recorded(directory, tenSeconds, 'link.fscope');
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(readAll(link).batches).toStrictEqual(tenSeconds);
});
