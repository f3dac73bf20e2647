import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Summary } from '../../src/export/summary-format.js';
import { majorFaultsOf } from '../kernel/support/processes.js';
import { REPOSITORY } from '../kernel/support/repository.js';
import { startWorkload } from '../kernel/support/workload.js';
import { scratchFolder } from './packages.js';

/** A root with bpftrace and nothing else, without a network (scripts/clean-root); what a command leaves there, the next one finds. */
export class CleanRoot {
  readonly #folder = scratchFolder();

  /** A folder of the root, to put things into; made where it is missing. */
  path(inRoot: string): string {
    const path = join(this.#folder, 'upper', inRoot);
    mkdirSync(path, { recursive: true });
    return path;
  }

  copyInto(inRoot: string, file: string, name: string): void {
    copyFileSync(file, join(this.path(inRoot), name));
  }

  /** Runs a command there and returns what it printed; throws, with its stderr, unless it exits with 0. */
  run(...command: string[]): string {
    const { status, stdout, stderr } = spawnSync(join(REPOSITORY, 'scripts/clean-root'), [this.#folder, ...command], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Every path of the root itself, but for what dpkg keeps of its own. */
  files(): string[] {
    const kept = ['/var/lib/dpkg', '/var/log', '/var/cache'].flatMap((path) => ['-path', path, '-prune', '-o']);
    return this.run('find', '/', '-xdev', ...kept, '-print')
      .split('\n')
      .sort();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The user's question, answered by this faultscope in that root: a program of the host is stuck in major faults. */
export async function expectToSeeFaults(root: CleanRoot, faultscope: string): Promise<void> {
  const workload = await startWorkload('coldmmap', ['--threads', '2']);
  try {
    const pid = String(workload.pid);
    const before = majorFaultsOf(workload.pid);
    const text = root.run(faultscope, '--pid', pid, '--headless', '--duration', '2s', '--export', '-');
    const { totals, target } = JSON.parse(text) as Summary;
    expect(target.comm).toBe('coldmmap');
    expect(totals.majorFaults).toBeGreaterThan(0);
    expect(totals.majorFaults).toBeLessThanOrEqual(majorFaultsOf(workload.pid) - before);
  } finally {
    await workload.end();
  }
}

/** What the program with this file prints of its version, in another folder and with nothing in its environment. */
export function versionOf(file: string, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(file, ['--version'], { encoding: 'utf8', env, cwd: '/' });
}
