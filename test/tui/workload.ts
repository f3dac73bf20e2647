import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const WORKLOADS = new URL('../../build/workloads', import.meta.url).pathname;

/** One of our workloads, running; its cold file lies in a directory of its own. */
export class Workload {
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
  }

  /** Resolves when it has printed its first line: it is running. */
  static async start(name: string, args: readonly string[] = []): Promise<Workload> {
    const directory = mkdtempSync('/var/tmp/faultscope-test-');
    const own = name === 'coldmmap' ? ['--dir', directory, '--mib', '64'] : [];
    const child = spawn(join(WORKLOADS, name), [...own, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('no stdout');
    await once(child.stdout, 'data');
    child.stdout.resume();
    return new Workload(child, directory);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('did not start');
    return this.#child.pid;
  }

  end(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
