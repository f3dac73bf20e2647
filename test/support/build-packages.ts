import { execFileSync } from 'node:child_process';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Before tests of packages: those of this source, and the workloads to use them on. */
export function setup(): void {
  execFileSync('make', ['-s', '-C', 'scripts/workloads'], { cwd: REPOSITORY, stdio: 'inherit' });
  execFileSync(`${REPOSITORY}scripts/package`, ['--quick'], { cwd: REPOSITORY, stdio: 'inherit' });
}
