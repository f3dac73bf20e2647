import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPOSITORY = new URL('../../..', import.meta.url).pathname;

/**
 * The program's modules as JavaScript in a temporary directory that everybody may read, for tests that need them in a
 * process of their own: another user, another namespace, or one to be killed.
 */
export class BuiltModules {
  readonly directory = mkdtempSync(join(tmpdir(), 'built-modules-'));

  constructor() {
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noCheck',
      '--outDir',
      join(this.directory, 'src'),
      '-p',
      join(REPOSITORY, 'tsconfig.build.json'),
    ];
    execFileSync(process.execPath, [tsc, ...options], { stdio: 'pipe' });
    cpSync(join(REPOSITORY, 'package.json'), join(this.directory, 'package.json'));
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.directory, 'node_modules'));
    execFileSync('chmod', ['-R', 'a+rX', this.directory]);
  }

  /** Writes a module that may import "./src/..." and returns its path. */
  script(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
