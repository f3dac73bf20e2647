import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Writes a file of that size, in whole blocks, and leaves it cold. */
export function coldFile(path: string, mib: number): string {
  const chunk = Buffer.alloc(2 ** 20, 0x5a);
  const fd = openSync(path, 'w');
  for (let i = 0; i < mib; i += 1) writeSync(fd, chunk);
  fsyncSync(fd);
  closeSync(fd);
  chill(path);
  return path;
}

/** Takes a file out of the page cache: the next to read it is charged for it. */
export function chill(path: string): void {
  execFileSync('dd', ['status=none', `of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']);
}
