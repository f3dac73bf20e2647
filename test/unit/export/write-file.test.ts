import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { checkWritable, type FilePiece, writeNewFile, writeNewFiles } from '../../../src/export/write-file.js';
import { asNobody, canMount, isRoot, scratchDirectory } from './scratch.js';

const GENTLE = { force: false };
const FORCE = { force: true };

const PIECE = Buffer.alloc(1000, 'x');

let scratch: ReturnType<typeof scratchDirectory>;
let file: string;

beforeEach(() => {
  scratch = scratchDirectory();
  file = join(scratch.path, 'out.json');
});
afterEach(() => scratch.remove());

/** The error both functions throw for this path; they must agree, and leave the directory as it was. */
async function refusal(path: string, options = GENTLE): Promise<FaultscopeError> {
  const before = readdirSync(scratch.path);
  const early = await errorOf(checkWritable(path, options));
  const late = await errorOf(writeNewFile(path, ['data'], options));
  expect(late.line).toBe(early.line);
  expect(late.line).not.toContain('\n');
  expect(late.exitCode).toBe(early.exitCode);
  expect(readdirSync(scratch.path)).toEqual(before);
  return late;
}

async function errorOf(attempt: Promise<unknown>): Promise<FaultscopeError> {
  const error = await attempt.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (error instanceof FaultscopeError) return error;
  throw error;
}

describe('writing a new file', () => {
  test('leaves the whole data under the name, readable by its owner alone, and nothing else', async () => {
    await checkWritable(file, GENTLE);
    expect(readdirSync(scratch.path)).toEqual([]);
    await writeNewFile(file, ['ä\n'], GENTLE);
    expect(readFileSync(file, 'utf8')).toBe('ä\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch.path)).toEqual(['out.json']);
  });

  test('takes bytes as well, and several megabytes of them', async () => {
    const bytes = Buffer.alloc(5_000_001, 'faultscope');
    await writeNewFile(file, [bytes], GENTLE);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('follows a directory that is a symbolic link', async () => {
    mkdirSync(join(scratch.path, 'real'));
    symlinkSync('real', join(scratch.path, 'link'));
    await writeNewFile(join(scratch.path, 'link', 'out.json'), ['data'], GENTLE);
    expect(readFileSync(join(scratch.path, 'real', 'out.json'), 'utf8')).toBe('data');
  });

  test('replaces an existing file only when forced', async () => {
    writeFileSync(file, 'precious');
    const error = await refusal(file);
    expect(error.exitCode).toBe(2);
    expect(error.line).toBe(`${file} exists already: choose another name, or replace it with --force`);
    expect(readFileSync(file, 'utf8')).toBe('precious');

    await checkWritable(file, FORCE);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await writeNewFile(file, ['data'], FORCE);
    expect(readFileSync(file, 'utf8')).toBe('data');
    expect(readdirSync(scratch.path)).toEqual(['out.json']);
  });

  test('lets exactly one of several writers win, with whole data', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
    const attempts = await Promise.allSettled(texts.map((text) => writeNewFile(file, [text], GENTLE)));
    const won = texts.filter((_, index) => attempts[index]?.status === 'fulfilled');
    expect(won).toEqual([readFileSync(file, 'utf8')]);
    expect(readdirSync(scratch.path)).toEqual(['out.json']);
  });
});

describe('a path that cannot be used ends with exit code 2 and says why', () => {
  test('a directory, forced or not, with a slash behind or not', async () => {
    mkdirSync(join(scratch.path, 'sub'));
    for (const path of [join(scratch.path, 'sub'), join(scratch.path, 'sub/'), join(scratch.path, 'sub/..')]) {
      for (const options of [GENTLE, FORCE]) {
        const error = await refusal(path, options);
        expect(error.exitCode).toBe(2);
        expect(error.line).toBe(`${path} is a directory: name a file in it`);
      }
    }
  });

  test('a pipe, even when forced', async () => {
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    expect((await refusal(file, FORCE)).line).toMatch(/is a device, pipe or socket: name a regular file/);
    expect(statSync(file).isFIFO()).toBe(true);
  });

  // Asked only, not written: were the guard to break, the test would break the machine.
  test.each(['/dev/stdout', '/dev/null', '/dev/faultscope'])('%s, which a file must not replace', async (path) => {
    for (const options of [GENTLE, FORCE]) {
      const error = await errorOf(checkWritable(path, options));
      expect(error.exitCode).toBe(2);
      expect(error.line).toMatch(/no place for a file: .* or - for standard output$/);
    }
  });

  test('an empty name', async () => {
    expect((await refusal('')).line).toMatch(/is empty/);
  });

  test('while the longest possible name can be used', async () => {
    const longest = join(scratch.path, 'x'.repeat(255));
    await writeNewFile(longest, ['data'], GENTLE);
    expect(readFileSync(longest, 'utf8')).toBe('data');
  });

  test.runIf(isRoot)("somebody else's directory, without root", async () => {
    const error = await asNobody(() => errorOf(checkWritable(file, GENTLE)));
    expect(error.exitCode).toBe(2);
    expect(error.line).toMatch(/no permission/);
  });
});

describe.skipIf(!canMount())('on a file system of its own (root)', () => {
  test('a disk that fills up while writing ends with exit code 1 and leaves nothing', async () => {
    const tiny = scratch.mount('size=64k');
    const path = join(tiny, 'out.json');
    await checkWritable(path, GENTLE);
    const error = await errorOf(writeNewFile(path, [Buffer.alloc(1_000_000)], GENTLE));
    expect(error.exitCode).toBe(1);
    expect(error.line).toMatch(/^cannot write .*: the disk is full: free some space/);
    expect(readdirSync(tiny)).toEqual([]);
  });

  test('a full disk leaves the old file as it was, also when forced', async () => {
    const tiny = scratch.mount('size=64k');
    const path = join(tiny, 'out.json');
    writeFileSync(path, 'precious');
    await errorOf(writeNewFile(path, [Buffer.alloc(1_000_000)], FORCE));
    expect(readdirSync(tiny)).toEqual(['out.json']);
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('no room for one more file is found before tracing starts', async () => {
    const tiny = scratch.mount('nr_inodes=1');
    expect((await errorOf(checkWritable(join(tiny, 'out.json'), GENTLE))).line).toMatch(/the disk is full/);
  });

  test('a read-only file system ends with exit code 2', async () => {
    const error = await refusal(join(scratch.mount('ro'), 'out.json'));
    expect(error.exitCode).toBe(2);
    expect(error.line).toMatch(/the file system is read-only/);
  });
});

describe('writing several files that belong together', () => {
  const paths = (): string[] => ['a.csv', 'b.csv'].map((name) => join(scratch.path, name));
  /** By turns. */
  const PIECES: readonly FilePiece[] = ['a', 'b', '\n', '\n'].map((piece, at) => ({ file: at % 2, piece }));

  test('gives all of them their names, and each its own pieces', async () => {
    expect(await writeNewFiles(paths(), PIECES, GENTLE)).toEqual([2, 2]);
    expect(readdirSync(scratch.path).sort()).toEqual(['a.csv', 'b.csv']);
    expect(paths().map((path) => readFileSync(path, 'utf8'))).toEqual(['a\n', 'b\n']);
  });

  test('keeps the order of each one where texts and bytes come by turns, far more than is written at once', async () => {
    const pieces = Array.from({ length: 60_000 }, (_, at): FilePiece => {
      const text = `${at} ä\n`;
      return { file: at % 3 === 0 ? 1 : 0, piece: at % 7 === 0 ? Buffer.from(text) : text };
    });
    const contents = [0, 1].map((file) =>
      Buffer.concat(pieces.filter((one) => one.file === file).map(({ piece }) => Buffer.from(piece))),
    );
    expect(await writeNewFiles(paths(), pieces, GENTLE)).toEqual(contents.map(({ length }) => length));
    for (const [file, path] of paths().entries())
      expect(readFileSync(path).equals(contents[file] ?? Buffer.of())).toBe(true);
  });

  test('leaves none where one of them is there already, and makes nothing for them', async () => {
    writeFileSync(join(scratch.path, 'b.csv'), 'precious');
    let made = 0;
    const pieces = (function* () {
      made += 1;
      yield* PIECES;
    })();
    expect((await errorOf(writeNewFiles(paths(), pieces, GENTLE))).line).toMatch(/b\.csv exists already/);
    expect(made).toBe(0);
    expect(readdirSync(scratch.path)).toEqual(['b.csv']);
  });

  test('leaves none where one of the names is taken while they are written', async () => {
    const second = join(scratch.path, 'b.csv');
    const pieces = (function* () {
      yield* PIECES;
      writeFileSync(second, 'precious');
    })();
    const error = await errorOf(writeNewFiles(paths(), pieces, GENTLE));
    expect(error.exitCode).toBe(2);
    expect(error.line).toMatch(/b\.csv exists already/);
    expect(readdirSync(scratch.path)).toEqual(['b.csv']);
    expect(readFileSync(second, 'utf8')).toBe('precious');
  });

  test('leaves none where making one fails, and throws what that threw', async () => {
    const pieces = (function* () {
      yield* PIECES;
      throw new TypeError('a defect');
    })();
    await expect(writeNewFiles(paths(), pieces, GENTLE)).rejects.toThrow(TypeError);
    expect(readdirSync(scratch.path)).toEqual([]);
  });

  test.skipIf(!canMount())('leaves none on a disk that fills up, and says at which of them (root)', async () => {
    const tiny = scratch.mount('size=256k');
    for (const file of [0, 1]) {
      const pieces = Array.from(
        { length: 300 },
        (_, at): FilePiece => ({ file: at < 10 ? 1 - file : file, piece: PIECE }),
      );
      const attempt = writeNewFiles([join(tiny, '0.csv'), join(tiny, '1.csv')], pieces, GENTLE);
      expect((await errorOf(attempt)).line).toMatch(new RegExp(`/${file}\\.csv: the disk is full`));
      expect(readdirSync(tiny)).toEqual([]);
    }
  });
});
