import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { until } from '../support/until.js';

const ROOT = '/sys/fs/cgroup/memory';

/** A memory cgroup (version 1) with a limit; its processes must have ended by {@link remove}. */
export class MemoryCgroup {
  /** As /proc/PID/cgroup has it. */
  readonly name = `/faultscope-test-${process.pid}`;
  readonly #path = `${ROOT}${this.name}`;

  constructor(limitMib: number) {
    mkdirSync(this.#path);
    writeFileSync(`${this.#path}/memory.limit_in_bytes`, `${limitMib}M`);
  }

  /** Words to run a command in it with. */
  get before(): readonly string[] {
    return ['/bin/sh', '-c', `echo $$ > ${this.#path}/cgroup.procs && exec "$@"`, 'sh'];
  }

  /** A figure of memory.stat. */
  stat(name: string): number {
    const line = new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(`${this.#path}/memory.stat`, 'utf8'));
    return Number(line?.[1]);
  }

  async remove(): Promise<void> {
    await until('the cgroup to be empty', () => readFileSync(`${this.#path}/cgroup.procs`, 'utf8') === '');
    rmdirSync(this.#path);
  }
}
