import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltModules } from './built.js';

let modules: BuiltModules;
let script: string;

beforeAll(() => {
  modules = new BuiltModules();
  // Prints the PID of the waiting stage, and dies by the hand of the test.
  script = modules.script(
    'launch.js',
    `import { prepareLaunch } from './src/host/launch.js';
const [when, ...argv] = process.argv.slice(2);
const launch = await prepareLaunch(argv, { stdio: 'ignore' });
if (when === 'after') await launch.release();
console.log(launch.pid);
setInterval(() => {}, 1000);`,
  );
});
afterAll(() => modules.remove());

/** Starts a launcher in a temporary directory of its own, and kills it hard once the command has its PID. */
async function killedLauncher(when: 'before' | 'after', ...argv: string[]): Promise<number> {
  const child = spawn(process.execPath, [script, when, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: modules.directory },
  });
  const pid = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  return pid;
}

/** Processes, zombies aside, that have this text among their arguments. */
function withArgument(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('when faultscope is killed hard', () => {
  test('before the release, the command never runs and nothing is left waiting', async () => {
    for (let round = 0; round < 10; round++) {
      const proof = join(modules.directory, `proof-${round}`);
      await killedLauncher('before', 'touch', proof);
      await until(() => withArgument(modules.directory).length === 0);
      expect(existsSync(proof)).toBe(false);
    }
  });

  test('after the release, the command lives on', async () => {
    const pid = await killedLauncher('after', 'sleep', '600');
    try {
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe('sleep\x00600\0');
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });
});
