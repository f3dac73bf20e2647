import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PRELOAD = new URL('../../support/set-clock.mjs', import.meta.url).pathname;

/** A wall clock that one program has to itself (its environment is `env`), and that can be set. */
export class SetClock {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = join(directory, 'clock-ahead');
    this.setAhead(0);
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: `--import=${PRELOAD}`, CLOCK_AHEAD_FILE: this.#file };
  }

  /** By so many hours from the real one. */
  setAhead(hours: number): void {
    writeFileSync(this.#file, String(hours * 3_600_000));
  }
}
