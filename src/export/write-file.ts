import { link, lstat, rename, unlink } from 'node:fs/promises';
import { errnoOf } from '../errors.js';
import { fileError, occupiedError, unusableError } from './file-error.js';
import { type Place, temporaryPath, withPlace, withTemporary } from './temporary-file.js';
import { writeToStream } from './write-stream.js';

/** Where to write: `-` is standard output. */
const STDOUT = '-';

export interface WriteOptions {
  /** Replace what is there. A symbolic link is replaced itself, never followed. */
  readonly force: boolean;
}

/**
 * Writes a file whole or not at all, safely as root in directories that others may write to: the data goes to a new file
 * beside it that nobody could plant, and gets its name only when it is on the disk. Belongs to who called sudo.
 * Throws FaultscopeError: exit code 2 where the path can't be used, 1 where writing fails on the way.
 */
export async function writeNewFile(path: string, data: string | Uint8Array, { force }: WriteOptions): Promise<void> {
  if (path === STDOUT) return writeToStream(process.stdout, data);
  await usingPath(path, async (place) => {
    await refuseOccupied(place, force);
    await withTemporary(place, async (file, temporary) => {
      await file.writeFile(data);
      await file.sync();
      await (force ? rename(temporary, place.entry) : linkNew(temporary, place.entry, path));
    });
  });
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
    throw fileError(path, error);
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
