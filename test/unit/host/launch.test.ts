import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Launch, prepareLaunch } from '../../../src/host/launch.js';

let directory: string;
let temporary: string | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'launch-test-'));
  temporary = process.env.TMPDIR;
});
afterEach(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  rmSync(directory, { recursive: true, force: true });
});

function prepare(...argv: string[]): Promise<Launch> {
  return prepareLaunch(argv, { stdio: 'ignore' });
}

function script(name: string, text: string, mode = 0o755): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a command that is prepared', () => {
  test('does nothing before its release, and then runs under the PID it had', async () => {
    const proof = join(directory, 'proof');
    const launch = await prepare('sh', '-c', 'echo $$ > "$0"', proof);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(existsSync(proof)).toBe(false);
    await launch.release();
    expect(await launch.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(proof, 'utf8')).toBe(`${launch.pid}\n`);
  });

  test('is itself once the release is done, with its arguments untouched', async () => {
    const launch = await prepare('sleep', '60');
    await launch.release();
    expect(readlinkSync(`/proc/${launch.pid}/exe`)).toMatch(/sleep|coreutils|busybox/);
    expect(readFileSync(`/proc/${launch.pid}/cmdline`, 'utf8')).toBe('sleep\x0060\0');
    launch.kill();
    expect(await launch.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('gets options, blanks and quotes as they are', async () => {
    const proof = join(directory, 'proof');
    const write = script('write', '#!/bin/sh\nprintf "%s|" "$@" > "$PROOF"\n');
    const launch = await prepareLaunch([write, '-c', '--', "it's", 'a b', '', '$HOME'], {
      stdio: 'ignore',
      env: { ...process.env, PROOF: proof },
    });
    await launch.release();
    await launch.exited;
    expect(readFileSync(proof, 'utf8')).toBe("-c|--|it's|a b||$HOME|");
  });

  test('reports its exit code', async () => {
    const launch = await prepare('sh', '-c', 'exit 7');
    await launch.release();
    expect(await launch.exited).toEqual({ code: 7, signal: null });
  });

  test('never runs where it is killed first', async () => {
    const proof = join(directory, 'proof');
    const launch = await prepare('touch', proof);
    launch.kill();
    expect(await launch.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(existsSync(proof)).toBe(false);
  });

  test('leaves no temporary file, released or not', async () => {
    process.env.TMPDIR = directory;
    const released = await prepare('sleep', '60');
    await released.release();
    expect(gates()).toEqual([]);
    released.kill();
    await released.exited;
    const killed = await prepare('sleep', '60');
    expect(gates()).toHaveLength(1);
    killed.kill();
    await killed.exited;
    expect(gates()).toEqual([]);
  });
});

describe('a command that cannot run', () => {
  test('because there is none is wrong usage', async () => {
    await expect(prepare()).rejects.toMatchObject({ exitCode: 2 });
    await expect(prepare('')).rejects.toMatchObject({ exitCode: 2 });
  });

  test('because PATH has none of that name is found out beforehand', async () => {
    await expect(prepare('no-such-command-\x1b[31m')).rejects.toMatchObject({
      exitCode: 4,
      message: 'cannot launch no-such-command-: not found in PATH',
    });
  });

  test.each([
    ['is a directory', '/tmp'],
    ['is not there', '/nonexistent/program'],
  ])('because its path %s is found out beforehand', async (_what, path) => {
    await expect(prepare(path)).rejects.toMatchObject({
      exitCode: 4,
      message: `cannot launch ${path}: no such executable file`,
    });
  });

  test('because its file is not executable is found out beforehand', async () => {
    await expect(prepare(script('data', 'x', 0o644))).rejects.toMatchObject({ exitCode: 4 });
  });

  test('because its interpreter is missing ends with a code, not a hang', async () => {
    const launch = await prepare(script('broken', '#!/nonexistent/interpreter\n'));
    await launch.release();
    expect((await launch.exited).code).toBe(127);
  });
});

/** Gates now in the scratch directory. */
function gates(): readonly string[] {
  return readdirSync(directory).filter((name) => name.startsWith('faultscope-'));
}
