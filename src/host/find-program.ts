import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What execvp(3) would run for `name`: the path itself where it has a slash, else the first executable file of that name
 * in the directories of `path` (as in PATH). Null where there is none.
 */
export function findProgram(name: string, path: string): string | null {
  const candidates = name.includes('/') ? [name] : path.split(':').map((directory) => join(directory || '.', name));
  return candidates.find(isExecutableFile) ?? null;
}

/** PATH with more directories behind it. An absent PATH adds nothing: an empty part would mean the working directory. */
export function searchPath(path: string | undefined, ...more: readonly string[]): string {
  return [path ?? '', ...more].filter((part) => part !== '').join(':');
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
