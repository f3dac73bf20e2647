import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errnoOf } from '../errors.js';
import { unusableError } from './file-error.js';
import { sudoOwner } from './sudo-owner.js';

/** A name in an open directory. */
export interface Place {
  /** As the user gave it, for messages. */
  readonly path: string;
  /**
   * The directory through its open descriptor (proc_pid_fd(5)): whoever may rename it or turn a symbolic link meanwhile
   * cannot send us elsewhere. Node has no openat(2). Where there is no /proc it is named by its real path, which is less
   * strict: whoever may rename a directory above it can. What is written there is still a new file, and follows no link.
   */
  readonly directory: string;
  /** The name in it. */
  readonly entry: string;
}

/** Opens the directory of a path for as long as `use` takes. */
export async function withPlace<Made>(path: string, use: (place: Place) => Promise<Made>): Promise<Made> {
  if (path === '')
    throw unusableError('the name of the file to write is empty', 'name a file, or - for standard output');
  if (/(^|\/)\.{0,2}$/.test(path)) throw unusableError(`${path} is a directory`, 'name a file in it');
  const handle = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const { directory, realPath } = await openedDirectory(handle, dirname(path));
    // A file renamed over /dev/null or /dev/stdout would break the host.
    if (realPath === '/dev') {
      throw unusableError(`${path} is no place for a file`, 'name a regular file, or - for standard output');
    }
    return await use({ path, directory, entry: `${directory}/${basename(path)}` });
  } finally {
    await handle.close();
  }
}

/** How to name an open directory, and where it really is. */
async function openedDirectory(handle: FileHandle, path: string): Promise<{ directory: string; realPath: string }> {
  const directory = `/proc/self/fd/${handle.fd}`;
  try {
    return { directory, realPath: await readlink(directory) };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // No /proc: another system than Linux, or a host that hides it.
    const realPath = await realpath(path);
    return { directory: realPath, realPath };
  }
}

/** A name beside the place that cannot be guessed, and is short enough wherever the wanted one is. */
export function temporaryPath({ directory }: Place): string {
  return `${directory}/.faultscope-${randomBytes(8).toString('hex')}`;
}

/** Makes a new file beside the place; its temporary name is gone afterwards, whatever happens. */
export async function withTemporary(
  place: Place,
  use: (file: FileHandle, temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryPath(place);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await giveToCaller(file);
    await use(file, temporary);
  } finally {
    await file.close();
    // Gone already where it was renamed into place; and no error here may hide the one that led here.
    await unlink(temporary).catch(() => undefined);
  }
}

/** A courtesy: a file system without owners must not cost the file. */
export async function giveToCaller(file: FileHandle): Promise<void> {
  const owner = sudoOwner(process.env, process.geteuid?.());
  if (owner !== null) await file.chown(owner.uid, owner.gid).catch(() => undefined);
}
