import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultscope, type Outcome, type RunOptions } from '../support/faultscope.js';
import { startWorkload, type Workload } from '../support/workload.js';

let target: Workload;
let directory: string;
beforeAll(async () => {
  target = await startWorkload('causes', ['--only', 'nanosleep']);
  directory = mkdtempSync(join(tmpdir(), 'faultscope-errors-'));
});
afterAll(async () => {
  await target.end();
  rmSync(directory, { recursive: true });
});

/** Runs it to an error: that exit code, one line, nothing else anywhere. */
async function refusal(exitCode: number, args: readonly string[], options?: RunOptions): Promise<string> {
  const outcome: Outcome = await faultscope(args, options);
  expect(outcome).toMatchObject({ exitCode, stdout: '', summary: null });
  expect(outcome.stderr).toMatch(/^faultscope: [^\n]+\n$/);
  return outcome.stderr;
}

function onTarget(...args: string[]): string[] {
  return ['--pid', String(target.pid), '--duration', '500ms', ...args];
}

/** Runs it in a mount namespace of its own, after a command that changes it. */
function changed(command: string): RunOptions {
  return { before: ['unshare', '--mount', 'sh', '-c', `${command} && exec "$0" "$@"`] };
}

describe('targets that cannot be', () => {
  test('a process that does not exist: exit 4', async () => {
    expect(await refusal(4, ['--pid', '4194303'])).toContain('no process 4194303');
  });

  test('a kernel thread: exit 4', async () => {
    expect(await refusal(4, ['--pid', '2'])).toContain('kernel thread');
  });

  test('itself: exit 4', async () => {
    const itself = { before: ['sh', '-c', 'exec "$0" "$@" --pid $$'] };
    expect(await refusal(4, [], itself)).toContain('is faultscope itself');
  });

  test('a name that nobody has: exit 4', async () => {
    expect(await refusal(4, ['--name', 'nobody-is-called-this'])).toContain('nobody-is-called-this');
  });

  test('a name that two have: exit 2, naming both', async () => {
    const two = [1, 2].map(() => spawn('sleep', ['600'], { argv0: 'two-of-this-name' }));
    try {
      const outcome = await faultscope(['--name', 'two-of-this-name']);
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '', summary: null });
      for (const { pid } of two) expect(outcome.stderr).toMatch(new RegExp(`\\b${pid}\\b`));
    } finally {
      for (const each of two) each.kill('SIGKILL');
    }
  });

  test('a command that does not exist: exit 4', async () => {
    expect(await refusal(4, ['--', '/nonexistent/command'])).toContain('/nonexistent/command');
    expect(await refusal(4, ['--', 'no-command-is-called-this'])).toContain('not found in PATH');
  });

  test('PID 1 is a process like others', async () => {
    const outcome = await faultscope(['--pid', '1', '--duration', '500ms']);
    expect(outcome).toMatchObject({ exitCode: 0, summary: { target: { pid: 1, alive: true } } });
  });
});

describe('wrong usage: exit 2', () => {
  test.each(['0', '-1', 'abc', '1e3', '4194305', '12 34', ''])('--pid "%s"', async (text) => {
    expect(await refusal(2, ['--pid', text])).toContain('--pid');
  });

  test.each(['0', 'soon', '-5s', '5d', '1,5s', ''])('--duration "%s"', async (text) => {
    expect(await refusal(2, ['--pid', String(target.pid), '--duration', text])).toContain('--duration');
  });

  test.each(['99ms', '2h', 'often'])('--interval %s', async (text) => {
    expect(await refusal(2, onTarget('--interval', text))).toContain('--interval');
  });

  test('two targets at once', async () => {
    expect(await refusal(2, onTarget('--name', 'x'))).toContain('--pid, --name');
    expect(await refusal(2, onTarget('--', 'true'))).toContain('-- CMD');
  });

  test('no target, an option that there is not, a word too many', async () => {
    expect(await refusal(2, [])).toContain('--pid PID');
    expect(await refusal(2, ['--frobnicate'])).toContain('--frobnicate');
    expect(await refusal(2, onTarget('word'))).toContain('--help');
  });
});

describe('hosts that cannot: exit 3', () => {
  test('without root', async () => {
    const nobody = { before: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] };
    expect(await refusal(3, onTarget('--export', '-'), nobody)).toMatch(/root.*sudo/);
  });

  test('without the bpftrace that was named', async () => {
    expect(await refusal(3, onTarget('--bpftrace', '/nonexistent'))).toContain('/nonexistent');
    const env = { ...process.env, FAULTSCOPE_BPFTRACE: '/nonexistent' };
    expect(await refusal(3, onTarget(), { env })).toContain('/nonexistent');
  });

  test('without any bpftrace', async () => {
    const hidden =
      'for dir in /usr/bin /usr/sbin /usr/local/bin; do [ ! -e $dir/bpftrace ] || mount --bind /dev/null $dir/bpftrace; done';
    const { FAULTSCOPE_BPFTRACE: _, ...env } = process.env;
    expect(await refusal(3, onTarget(), { ...changed(hidden), env })).toContain('apt-get install bpftrace');
  });

  test('without tracefs', async () => {
    const line = await refusal(3, onTarget(), changed('umount -a -t tracefs,debugfs'));
    expect(line).toContain('mount -t tracefs tracefs /sys/kernel/tracing');
  });
});

describe('exports that cannot be written', () => {
  test('into a directory that is not there: exit 2, before anything is traced', async () => {
    expect(await refusal(2, onTarget('--export', '/nonexistent/out.json'))).toContain('there is no directory');
  });

  test('onto a read-only file system: exit 2', async () => {
    const readOnly = changed(`mount -t tmpfs -o ro tmpfs ${directory}`);
    expect(await refusal(2, onTarget('--export', join(directory, 'out.json')), readOnly)).toContain('read-only');
  });

  test('over a file that exists: exit 2, and it is left alone; --force replaces it', async () => {
    const path = join(directory, 'there.json');
    writeFileSync(path, 'mine');
    expect(await refusal(2, onTarget('--export', path))).toContain('--force');
    const outcome = await faultscope(onTarget('--export', path, '--force'));
    expect(outcome.exitCode).toBe(0);
    expect(readdirSync(directory)).toEqual(['there.json']);
  });

  test('onto a disk that is full: exit 1, and nothing half-written is left', async () => {
    // The namespace goes with the run, so what is left is listed in it.
    const list = `mount -t tmpfs -o size=4k tmpfs ${directory} && head -c 4096 /dev/zero >${directory}/filler`;
    const run = `${list} && { "$0" "$@"; code=$?; ls -A ${directory}; exit $code; }`;
    const outcome = await faultscope(onTarget('--export', join(directory, 'out.json')), {
      before: ['unshare', '--mount', 'sh', '-c', run],
    });
    expect(outcome).toMatchObject({ exitCode: 1, stdout: 'filler\n' });
    expect(outcome.stderr).toMatch(/^faultscope: cannot write \S+: the disk is full: [^\n]+\n$/);
  });
});
