import { link, lstat, rename, unlink } from 'node:fs/promises';
import { errnoOf } from '../errors.js';
import type { ExportPieces } from './exported-session.js';
import { fileError, occupiedError, unusableError } from './file-error.js';
import { type Place, temporaryPath, withPlace, withTemporary } from './temporary-file.js';
import { PieceWriter } from './write-pieces.js';
import { writeToStream } from './write-stream.js';

/** Where to write: `-` is standard output. */
export const STDOUT = '-';

export interface WriteOptions {
  /** Replace what is there. A symbolic link is replaced itself, never followed. */
  readonly force: boolean;
}

/** A piece of one of the files that belong together. */
export interface FilePiece {
  /** Which of them, counted from 0. */
  readonly file: number;
  readonly piece: string | Uint8Array;
}

/**
 * Writes a file whole or not at all, safely as root in directories that others may write to: the data goes to a new file
 * beside it that nobody could plant, and gets its name only when it is on the disk. Belongs to who called sudo. To
 * standard output it goes as it is made. Returns how many bytes it has.
 * Throws FaultscopeError: exit code 2 where the path can't be used, 1 where writing fails on the way; and what making the
 * pieces throws.
 */
export async function writeNewFile(path: string, pieces: ExportPieces, options: WriteOptions): Promise<number> {
  if (path === STDOUT) return writeToStream(process.stdout, pieces);
  const [bytes = 0] = await writeNewFiles([path], ofOneFile(pieces), options);
  return bytes;
}

function* ofOneFile(pieces: ExportPieces): Generator<FilePiece> {
  for (const piece of pieces) yield { file: 0, piece };
}

/**
 * The same for files that belong together, whose pieces come as they are made: they get their names when the last of them is
 * on the disk, all or none.
 */
export async function writeNewFiles(
  paths: readonly string[],
  pieces: Iterable<FilePiece>,
  { force }: WriteOptions,
): Promise<number[]> {
  const files: NewFile[] = [];
  const open = async ([path, ...rest]: readonly string[]): Promise<void> => {
    if (path === undefined) {
      await writeAll(files, pieces);
      return nameAll(files, force);
    }
    await usingPath(path, async (place) => {
      await refuseOccupied(place, force);
      await withTemporary(place, async (handle, temporary) => {
        files.push({ place, temporary, writer: new PieceWriter(handle, path) });
        await open(rest);
      });
    });
  };
  await open(paths);
  return files.map(({ writer }) => writer.bytes);
}

/** It has no name yet. */
interface NewFile {
  readonly place: Place;
  readonly temporary: string;
  readonly writer: PieceWriter;
}

async function writeAll(files: readonly NewFile[], pieces: Iterable<FilePiece>): Promise<void> {
  for (const { file, piece } of pieces) {
    const writing = files[file]?.writer.add(piece) ?? null;
    if (writing !== null) await writing;
  }
  for (const { writer } of files) await writer.finish();
}

async function nameAll(files: readonly NewFile[], force: boolean): Promise<void> {
  const named: Place[] = [];
  try {
    for (const { place, temporary } of files) {
      await (force ? rename(temporary, place.entry) : linkNew(temporary, place.entry, place.path));
      named.push(place);
    }
  } catch (error) {
    // What was replaced is gone; what was new must not stay behind alone.
    if (!force) await Promise.all(named.map(({ entry }) => unlink(entry).catch(() => undefined)));
    throw fileError(files[named.length]?.place.path ?? '', error);
  }
}

/**
 * Finds out, by trying, whether {@link writeNewFile} can use this path, so that it is known before tracing starts.
 * Throws the error that it would throw; leaves nothing behind.
 */
export async function checkWritable(path: string, { force }: WriteOptions): Promise<void> {
  if (path === STDOUT) return;
  await usingPath(path, async (place) => {
    await refuseOccupied(place, force);
    await withTemporary(place, async (_file, temporary) => {
      if (force) return;
      const trial = temporaryPath(place);
      await linkNew(temporary, trial, path);
      await unlink(trial);
    });
  });
}

async function usingPath(path: string, use: (place: Place) => Promise<void>): Promise<void> {
  try {
    await withPlace(path, use);
  } catch (error) {
    // What the pieces throw is no fault of the file.
    throw errnoOf(error) === null ? error : fileError(path, error);
  }
}

/** Says early, and better than link(2) could, what stands in the way; link(2) decides. */
export async function refuseOccupied({ entry, path }: Place, force: boolean): Promise<void> {
  const found = await lstat(entry).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return;
  if (found.isDirectory()) throw unusableError(`${path} is a directory`, 'name a file in it');
  if (!found.isFile() && !found.isSymbolicLink()) {
    throw unusableError(`${path} is a device, pipe or socket`, 'name a regular file, or - for standard output');
  }
  if (!force) throw occupiedError(path);
}

/** link(2), unlike rename(2), refuses an existing name, a symbolic link too, in one step. */
async function linkNew(temporary: string, entry: string, path: string): Promise<void> {
  try {
    await link(temporary, entry);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') throw occupiedError(path);
    if (code !== 'EPERM' && code !== 'EOPNOTSUPP' && code !== 'ENOTSUP') throw error;
    // vfat and some network file systems (link(2), EPERM).
    throw unusableError(
      `cannot write ${path} without risk to an existing file: no hard links here`,
      'add --force',
      error,
    );
  }
}
