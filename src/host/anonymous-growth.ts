import { pageSizeBytes } from './page-size.js';
import { readProcFile } from './proc-file.js';
import { listPids } from './proc-process.js';
import { readVisible } from './system-error.js';

/** How much anonymous memory a process has gained since we watch. */
export interface Growth {
  readonly pid: number;
  readonly bytes: number;
}

/** Growth below this is not told: it fills no memory. */
const NEWS_BYTES = 1 << 20;

interface Seen {
  readonly anonymousBytes: number;
  readonly grownBytes: number;
  readonly toldBytes: number;
}

/**
 * Watches the anonymous memory of all processes by reading /proc/PID/statm (resident less shared) again and again. What a
 * process gained and gave back between two readings is not seen: a lower bound.
 */
export class AnonymousGrowth {
  readonly #procRoot: string;
  readonly #pageBytes = pageSizeBytes();
  #seen: ReadonlyMap<number, Seen> | null = null;

  constructor(procRoot = '/proc') {
    this.#procRoot = procRoot;
  }

  /** Those that have gained a MiB or more since they were last told, with all that they gained since the first reading. */
  scan(): Growth[] {
    const before = this.#seen;
    const now = new Map<number, Seen>();
    const news: Growth[] = [];
    for (const pid of listPids(this.#procRoot)) {
      const anonymousBytes = this.#anonymousBytes(pid);
      if (anonymousBytes === null) continue;
      // Who is new has gained all it has; who was there at the first reading, nothing yet.
      const fresh = { anonymousBytes: before === null ? anonymousBytes : 0, grownBytes: 0, toldBytes: 0 };
      const seen = before?.get(pid) ?? fresh;
      const grownBytes = seen.grownBytes + Math.max(0, anonymousBytes - seen.anonymousBytes);
      const isNews = grownBytes - seen.toldBytes >= NEWS_BYTES;
      if (isNews) news.push({ pid, bytes: grownBytes });
      now.set(pid, { anonymousBytes, grownBytes, toldBytes: isNews ? grownBytes : seen.toldBytes });
    }
    this.#seen = now;
    return news;
  }

  #anonymousBytes(pid: number): number | null {
    const text = readVisible(() => readProcFile(`${this.#procRoot}/${pid}/statm`));
    const [, resident, shared] = (text ?? '').split(' ').map(Number);
    return resident === undefined || shared === undefined ? null : (resident - shared) * this.#pageBytes;
  }
}
