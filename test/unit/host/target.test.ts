import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import type { Observer } from '../../../src/host/observer.js';
import { resolvePid } from '../../../src/host/target.js';
import { resolveName } from '../../../src/host/target-name.js';
import { FakeProc } from './fake-proc.js';

const KERNEL_THREAD = 2129984;
let proc: FakeProc;
let root: Observer;

beforeEach(() => {
  proc = new FakeProc();
  root = { procRoot: proc.root, pid: 500, euid: 0 };
  proc.process(1, { comm: 'systemd', parentPid: 0 }, ['/sbin/init'], '/usr/lib/systemd/systemd');
  proc.process(300, { comm: 'bash', parentPid: 1 }, ['-bash'], '/usr/bin/bash');
  proc.process(400, { comm: 'sudo', parentPid: 300 }, ['sudo', 'faultscope', '--name', 'app'], '/usr/bin/sudo');
  proc.process(500, { comm: 'node', parentPid: 400 }, ['node', 'faultscope'], '/usr/bin/node');
});
afterEach(() => proc.remove());

function refusal(attempt: () => unknown): { exitCode: number; line: string } {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FaultscopeError) return { exitCode: error.exitCode, line: error.line };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a PID', () => {
  test('of a process gives its name and executable', () => {
    proc.process(10, { comm: 'we)ird' }, ['x'], '/opt/weird');
    expect(resolvePid(10, root)).toEqual({ pid: 10, comm: 'we)ird', exe: '/opt/weird', launched: false });
  });

  test('1 is as good as any', () => {
    expect(resolvePid(1, root)).toMatchObject({ pid: 1, comm: 'systemd' });
  });

  test('that nobody has is refused with exit 4', () => {
    const { exitCode, line } = refusal(() => resolvePid(99999, root));
    expect(exitCode).toBe(4);
    expect(line).toContain('no process 99999');
  });

  test('of a thread names the process it belongs to', () => {
    proc.process(11, {});
    proc.threadStatus(11, 10);
    const { exitCode, line } = refusal(() => resolvePid(11, root));
    expect(exitCode).toBe(4);
    expect(line).toBe('11 is a thread of process 10: trace the process: --pid 10');
  });

  test('of a kernel thread is refused: it has no user memory', () => {
    proc.process(2, { comm: 'kthreadd', flags: KERNEL_THREAD }, [], null);
    expect(refusal(() => resolvePid(2, root))).toEqual({
      exitCode: 4,
      line: expect.stringMatching(/2 \(kthreadd\) is a kernel thread.*no user memory/),
    });
  });

  test('of a zombie is refused, naming the parent', () => {
    proc.process(10, { state: 'Z', parentPid: 300 }, [], null);
    expect(refusal(() => resolvePid(10, root))).toEqual({
      exitCode: 4,
      line: expect.stringMatching(/has already ended.*parent 300/),
    });
  });

  test('of faultscope itself is refused', () => {
    expect(refusal(() => resolvePid(500, root))).toMatchObject({ exitCode: 4 });
  });

  test('needs root, and says to use sudo', () => {
    proc.process(10);
    const { exitCode, line } = refusal(() => resolvePid(10, { ...root, euid: 1000 }));
    expect(exitCode).toBe(3);
    expect(line).toContain('sudo');
  });

  test('means nothing in another PID namespace, and that is said', () => {
    proc.process(10);
    proc.pidNamespace(4026532178);
    const { exitCode, line } = refusal(() => resolvePid(10, root));
    expect(exitCode).toBe(3);
    expect(line).toContain('PID namespace');
  });

  test('is fine in the namespace the kernel booted with', () => {
    proc.process(10);
    proc.pidNamespace(4026531836);
    expect(resolvePid(10, root).pid).toBe(10);
  });

  test('quoted in an error has no escape sequence left', () => {
    proc.process(2, { comm: '\x1b[31mred\n', flags: KERNEL_THREAD }, [], null);
    expect(refusal(() => resolvePid(2, root)).line).toMatch(/^[\x20-\x7e]*$/);
  });
});

describe('a name', () => {
  test.each([
    ['its own name', 'app-server'],
    ['the file name of its executable', 'server-2.0'],
    ['the file name of its first argument', 'serve'],
  ])('finds a process by %s', (_what, name) => {
    proc.process(10, { comm: 'app-server' }, ['./bin/serve', '-v'], '/opt/server-2.0');
    expect(resolveName(name, root).pid).toBe(10);
  });

  test('finds a process whose executable was replaced', () => {
    proc.process(10, { comm: 'x' }, ['x'], '/opt/server (deleted)');
    expect(resolveName('server', root).pid).toBe(10);
  });

  test('must match in full', () => {
    proc.process(10, { comm: 'application' }, ['application'], '/opt/application');
    expect(refusal(() => resolveName('app', root))).toMatchObject({ exitCode: 4 });
  });

  test('of nobody is refused with exit 4', () => {
    expect(refusal(() => resolveName('nosuch', root))).toEqual({
      exitCode: 4,
      line: expect.stringContaining('no process is called "nosuch"'),
    });
  });

  test('never means faultscope or what it was started from', () => {
    for (const name of ['node', 'sudo', 'bash']) expect(refusal(() => resolveName(name, root)).exitCode).toBe(4);
    proc.process(600, { comm: 'bash' }, ['-bash'], '/usr/bin/bash');
    expect(resolveName('bash', root).pid).toBe(600);
  });

  test('may mean PID 1', () => {
    expect(resolveName('systemd', root).pid).toBe(1);
  });

  test('does not find kernel threads and zombies', () => {
    proc.process(2, { comm: 'app', flags: KERNEL_THREAD }, [], null);
    proc.process(3, { comm: 'app', state: 'Z' }, [], null);
    expect(refusal(() => resolveName('app', root)).exitCode).toBe(4);
  });

  test('of several is refused with exit 2 and lists them, escapes taken out', () => {
    proc.process(10, { comm: 'app' }, ['app', '--port', '1']);
    proc.process(11, { comm: 'app' }, ['app', '\x1b]0;title\x07--evil\n']);
    const { exitCode, line } = refusal(() => resolveName('app', root));
    expect(exitCode).toBe(2);
    expect(line).toContain('2 processes are called "app"');
    expect(line).toContain('10 app (app --port 1)');
    expect(line).toContain('11 app (app --evil');
    expect(line).toMatch(/^[\x20-\x7e]*$/);
  });

  test('of very many lists ten and counts the rest', () => {
    for (let pid = 10; pid < 35; pid++) proc.process(pid, { comm: 'app' });
    const { line } = refusal(() => resolveName('app', root));
    expect(line).toContain('25 processes');
    expect(line).toContain('and 15 more');
    expect(line).not.toContain('20 app');
  });
});
