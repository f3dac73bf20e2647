import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { resolvePid } from '../../../src/host/target.js';
import { resolveName } from '../../../src/host/target-name.js';
import { BuiltModules } from './built.js';

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FaultscopeError) return `${error.exitCode} ${error.line}`;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('on this host', () => {
  test('kthreadd may not: it is a kernel thread', () => {
    expect(refusal(() => resolvePid(2))).toMatch(/^4 .*kthreadd.*kernel thread/);
  });

  test('a thread that is not the first leads to its process', async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    try {
      await once(child.stdout, 'data');
      const pid = child.pid ?? -1;
      const tid = Number(readdirSync(`/proc/${pid}/task`).at(-1));
      expect(tid).not.toBe(pid);
      expect(refusal(() => resolvePid(tid))).toMatch(new RegExp(`^4 .*--pid ${pid}$`));
      expect(resolvePid(pid).comm).toBe('node');
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('a process is found by the name of its executable', async () => {
    const child = spawn('sleep', ['600'], { argv0: 'renamed-for-this-test' });
    try {
      await once(child, 'spawn');
      expect(resolveName('renamed-for-this-test').pid).toBe(child.pid);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('elsewhere', () => {
  let modules: BuiltModules;
  let script: string;
  beforeAll(() => {
    modules = new BuiltModules();
    script = modules.script(
      'target.js',
      `import { resolvePid } from './src/host/target.js';
try { resolvePid(Number(process.argv[2])); console.log('allowed'); } catch (error) { console.log(error.exitCode, error.line); }`,
    );
  });
  afterAll(() => modules.remove());

  function ask(pid: number, before: readonly string[]): string {
    const [command = '', ...argv] = [...before, process.execPath, script, `${pid}`];
    return execFileSync(command, argv, { encoding: 'utf8' }).trim();
  }

  test('an ordinary user is told to use sudo', () => {
    expect(ask(process.pid, ['setpriv', '--reuid', '65534', '--clear-groups'])).toMatch(/^3 .*needs root.*sudo/);
  });

  test('root that may not look into a process can still trace it, with less known of it', () => {
    const drop = ['setpriv', '--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace'];
    const looked = modules.script(
      'looked.js',
      `import { resolvePid } from './src/host/target.js';
import { TaskSampler } from './src/host/sampler.js';
const pid = Number(process.argv[2]);
const { records } = new TaskSampler(pid).sample(process.hrtime.bigint);
console.log(resolvePid(pid).exe, records.filter(({ kind }) => kind === 'sample').map(({ waitingIn }) => waitingIn ?? null));`,
    );
    const child = spawn('sleep', ['600']);
    try {
      const argv = [...drop.slice(1), process.execPath, looked, `${child.pid}`];
      expect(execFileSync('setpriv', argv, { encoding: 'utf8' }).trim()).toBe('null [ null ]');
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.each([[['--mount-proc']], [[]]])('a PID namespace of its own is refused (%j)', (options) => {
    expect(ask(1, ['unshare', '--pid', '--fork', ...options])).toMatch(/^3 .*PID namespace/);
  });
});
