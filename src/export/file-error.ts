import { dirname } from 'node:path';
import { ExitCode, errnoOf, FaultscopeError } from '../errors.js';

/** What writing to a path failed with, as the one line for the user. Passes on what is a FaultscopeError already. */
export function fileError(path: string, error: unknown): FaultscopeError {
  if (error instanceof FaultscopeError) return error;
  const code = errnoOf(error) ?? String(error);
  const [exitCode, what, hint] = explain(code, path);
  return new FaultscopeError({ exitCode, message: `cannot write ${path}: ${what}`, hint, cause: error });
}

/** The path can't be used, whatever is written to it. */
export function unusableError(message: string, hint: string, cause?: unknown): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message, hint, cause });
}

export function occupiedError(path: string): FaultscopeError {
  return unusableError(`${path} exists already`, 'choose another name, or replace it with --force');
}

function explain(code: string, path: string): readonly [ExitCode, string, string] {
  const directory = dirname(path);
  switch (code) {
    case 'ENOSPC':
      return [ExitCode.failed, 'the disk is full', 'free some space, or name a file on another disk'];
    case 'EDQUOT':
      return [ExitCode.failed, 'the disk quota is used up', 'free some space, or name a file on another disk'];
    case 'EFBIG':
      return [ExitCode.failed, 'it grew beyond the largest size allowed', 'raise ulimit -f'];
    case 'EPIPE':
      return [ExitCode.failed, 'its reader has gone', 'write to a file instead'];
    case 'EACCES':
    case 'EPERM':
      return [ExitCode.usage, `no permission to write in ${directory}`, 'name a file in a directory of yours'];
    case 'EROFS':
      return [ExitCode.usage, 'the file system is read-only', 'name a file on another one'];
    case 'ENOENT':
      return [ExitCode.usage, `there is no directory ${directory}`, 'create it, or name a file elsewhere'];
    case 'ENOTDIR':
      return [ExitCode.usage, `${directory} is not a directory`, 'name a file in a directory'];
    case 'EISDIR':
      return [ExitCode.usage, 'it is a directory', 'name a file in it'];
    case 'ENAMETOOLONG':
      return [ExitCode.usage, 'the name is too long', 'choose a shorter one'];
    case 'ELOOP':
      return [ExitCode.usage, 'too many symbolic links on the way', 'name it by its real path'];
    default:
      return [ExitCode.failed, `the system says ${code}`, 'name a file elsewhere'];
  }
}
