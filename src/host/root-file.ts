import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import { O_PATH } from './o-path.js';

/** A regular file that is held, so that it stays the same one until it is closed. */
export interface HeldFile {
  /** For others to open it, while it is held. */
  readonly path: string;
  close(): void;
}

/** As many as the kernel follows (MAXSYMLINKS, include/linux/namei.h); and more parts than any path that we ask for. */
const MOST_LINKS = 40;
const MOST_PARTS = 400;

/**
 * The file that a process has at an absolute path, or null where it has none that may be read. The process may be hostile,
 * and it rules over its file systems: behind /proc/PID/root the kernel would follow an absolute link of theirs to a file of
 * ours. So each part is looked up by itself and links are followed by hand, as chroot(2) would have it. What is not a
 * regular file is never opened, and a FUSE, which may be the target's own and never answer, is never asked.
 */
export function holdInRoot(
  pid: number,
  path: string,
  { followLast }: { readonly followLast: boolean },
): HeldFile | null {
  const walk = new Walk(pid);
  try {
    const found = walk.to(path, followLast);
    return found !== null && fstatSync(found).isFile() ? walk.take(found) : null;
  } catch (error) {
    // Not there, or not for us to see; whatever it is, it cannot be read.
    if (errnoOf(error) === undefined) throw error;
    return null;
  } finally {
    walk.close();
  }
}

class Walk {
  readonly #pid: number;
  /** The directories from the root to where we are, and last perhaps a file. */
  #open: number[] = [];
  #mounts: ReadonlyMap<string, string> = new Map();

  constructor(pid: number) {
    this.#pid = pid;
  }

  to(path: string, followLast: boolean): number | null {
    if (!this.#enter(`/proc/${this.#pid}/root`, 0)) return null;
    let [links, parts] = [0, 0];
    for (const left = partsOf(path); left.length > 0; ) {
      const name = left.shift() ?? '';
      parts += 1;
      if (parts > MOST_PARTS) return null;
      if (name === '..') {
        if (this.#open.length > 1) this.#leave();
        continue;
      }
      const step = `/proc/self/fd/${this.#here}/${name}`;
      if (!this.#enter(step, constants.O_NOFOLLOW)) return null;
      if (!fstatSync(this.#here).isSymbolicLink()) continue;
      this.#leave();
      links += 1;
      if (links > MOST_LINKS || (left.length === 0 && !followLast)) return null;
      const target = readlinkSync(step);
      if (target.startsWith('/')) while (this.#open.length > 1) this.#leave();
      left.unshift(...partsOf(target));
    }
    return this.#here;
  }

  /** Gives it away: it is closed by who has it then. */
  take(fd: number): HeldFile {
    this.#open = this.#open.filter((one) => one !== fd);
    return { path: `/proc/self/fd/${fd}`, close: () => closeSync(fd) };
  }

  close(): void {
    while (this.#open.length > 0) this.#leave();
  }

  get #here(): number {
    return this.#open.at(-1) ?? -1;
  }

  #enter(path: string, flags: number): boolean {
    const fd = openSync(path, O_PATH | flags);
    this.#open.push(fd);
    return !this.#isFuse(fd);
  }

  #leave(): void {
    const fd = this.#open.pop();
    if (fd !== undefined) closeSync(fd);
  }

  /** Told by the number of its mount, which no file system is asked for (proc_pid_fdinfo(5)); one that is not known is none to trust. */
  #isFuse(fd: number): boolean {
    const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '';
    if (!this.#mounts.has(id)) this.#mounts = mountTypes(this.#pid);
    const type = this.#mounts.get(id) ?? 'fuse';
    return type.startsWith('fuse');
  }
}

/** What kind of file system each mount of a process is, by its number in /proc/PID/mountinfo. */
function mountTypes(pid: number): ReadonlyMap<string, string> {
  const text = readFileSync(`/proc/${pid}/mountinfo`, 'latin1');
  return new Map([...text.matchAll(/^(\d+) .*? - (\S+) /gm)].map(([, id = '', type = '']) => [id, type]));
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
