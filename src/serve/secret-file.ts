import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';

const MOST_BYTES = 65_536;

/**
 * The text of a file that only its owner may read, without the line break at its end. Throws FaultscopeError (exit 2)
 * where others may read it, or it cannot be read.
 */
export function readSecret(path: string): string {
  const fd = openFile(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > MOST_BYTES) throw unusable(path, 'is no small regular file', 'give another');
    if ((stat.mode & 0o077) !== 0) throw unusable(path, 'can be read by others', `chmod 600 ${safeText(path)}`);
    const text = readFileSync(fd, 'utf8').replace(/\r?\n$/, '');
    if (text.trim() === '') throw unusable(path, 'is empty', 'write the secret into it');
    return text;
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string): number {
  try {
    // A pipe in its place must not hold us up.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unusable(path, 'cannot be read', error instanceof Error ? error.message : String(error));
  }
}

function unusable(path: string, what: string, hint: string): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message: `${safeText(path)} ${what}`, hint });
}
