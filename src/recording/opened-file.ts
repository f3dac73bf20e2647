import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { ExitCode, errnoOf, FaultscopeError } from '../errors.js';

/** Nothing of it has been read. */
export interface OpenedFile {
  /** As the user gave it, for messages. */
  readonly path: string;
  readonly fd: number;
}

/** Only what is a file: a pipe or a device may never end. Throws FaultscopeError (exit 2). */
export function openFile(path: string): OpenedFile {
  try {
    if (!statSync(path).isFile()) throw notRegular(path);
    // Somebody may put a pipe in its place meanwhile, which must not make us wait for its writer.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return { path, fd };
    closeSync(fd);
    throw notRegular(path);
  } catch (error) {
    if (error instanceof FaultscopeError) throw error;
    throw openError(path, error);
  }
}

function notRegular(path: string): FaultscopeError {
  return unreadable(`${path} is not a regular file`, 'name a file that faultscope record has made');
}

function openError(path: string, error: unknown): FaultscopeError {
  const code = errnoOf(error) ?? String(error);
  if (code === 'ENOENT') return unreadable(`there is no file ${path}`, 'check its name', error);
  if (code === 'EACCES') return unreadable(`no permission to read ${path}`, 'ask whom it belongs to', error);
  return unreadable(`cannot read ${path}: the system says ${code}`, 'check its name and its disk', error);
}

/** What no recording can be made of. */
export function unreadable(message: string, hint: string, cause?: unknown): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message, hint, cause });
}
