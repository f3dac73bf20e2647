import { execFileSync } from 'node:child_process';
import { ARCH, ARCHITECTURES } from '../packages/packages.js';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Before tests of packages: those of this source, and the workloads to use them on. */
export function setup(): void {
  execFileSync('make', ['-s', '-C', 'scripts/workloads'], { cwd: REPOSITORY, stdio: 'inherit' });
  const architectures = ARCHITECTURES.length > 1 ? [] : ['--arch', ARCH];
  execFileSync(`${REPOSITORY}scripts/package`, ['--quick', ...architectures], { cwd: REPOSITORY, stdio: 'inherit' });
}
