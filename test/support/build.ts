import { execFileSync } from 'node:child_process';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Before tests that run the program as a user would: dist and the workloads are those of this source. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: REPOSITORY, stdio: 'inherit' });
  execFileSync('make', ['-s', '-C', 'scripts/workloads'], { cwd: REPOSITORY, stdio: 'inherit' });
}
