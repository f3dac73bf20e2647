import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorkload, type Workload } from './workload.js';

/** Ahead of everything else on the machine, so that each page takes its time and no longer. */
const AT_ONCE = ['chrt', '--fifo', '50'];

/** As many pages as 1 GiB has: more than any test reads. */
const MANY_PAGES = 262_144;

/** A file of which every page takes an exact time to read; unmounted by {@link end}. */
export class SlowFile {
  readonly #directory: string;
  readonly #server: Workload;

  private constructor(directory: string, server: Workload) {
    this.#directory = directory;
    this.#server = server;
  }

  static async mount(delayMs: number, pages = MANY_PAGES): Promise<SlowFile> {
    const directory = mkdtempSync(join(tmpdir(), 'faultscope-slow-'));
    const options = ['--delay', String(delayMs / 1000), '--pages', String(pages), '--servers', '32'];
    const server = await startWorkload('fusedelay', ['--file', join(directory, 'file'), ...options], AT_ONCE);
    return new SlowFile(directory, server);
  }

  get path(): string {
    return join(this.#directory, 'file');
  }

  async end(): Promise<void> {
    this.#server.kill('SIGTERM');
    await this.#server.results();
    await this.#server.end();
    rmSync(this.#directory, { recursive: true });
  }
}
