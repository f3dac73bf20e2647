import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { errnoOf } from '../errors.js';
import { fileError, occupiedError } from '../export/file-error.js';
import { giveToCaller, temporaryPath, withPlace } from '../export/temporary-file.js';
import { refuseOccupied, type WriteOptions } from '../export/write-file.js';

/**
 * Makes a new file under its own name, to be written bit by bit, safely as root in directories that others may write to.
 * With `force` it replaces what is there; a symbolic link is replaced itself, never followed. Belongs to who called sudo.
 * Throws FaultscopeError: exit code 2 where the path can't be used, 1 where it fails otherwise.
 */
export async function openNewFile(path: string, { force }: WriteOptions): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    return await withPlace(path, async (place) => {
      await refuseOccupied(place, force);
      // With O_EXCL a name that somebody has planted meanwhile is refused; rename(2) replaces it.
      const name = force ? temporaryPath(place) : place.entry;
      const file = await open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      await giveToCaller(file);
      if (force) await rename(name, place.entry).catch((error: unknown) => discard(file, name, error));
      return file;
    });
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? occupiedError(path) : fileError(path, error);
  }
}

/** Nothing stays of a file that could not get its name. */
async function discard(file: FileHandle, name: string, error: unknown): Promise<never> {
  await file.close();
  await unlink(name).catch(() => undefined);
  throw error;
}
