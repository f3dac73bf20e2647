import { execFileSync } from 'node:child_process';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

/** Before tests that render pages: the script and the style they carry are those of this source. */
export function setup(): void {
  execFileSync('node', ['scripts/build-page.mjs'], { cwd: REPOSITORY, stdio: 'inherit' });
}
