import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../kernel/support/repository.js';
import { ARCH, scratchFolder, unpackTarball } from './packages.js';

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true }));

/** Where Debian's cross packages have the C library for arm64. */
const LIBRARIES = '/usr/aarch64-linux-gnu';

/** On an arm64 machine the other tests run the real thing. */
describe.skipIf(ARCH === 'arm64')('the tarball for arm64, emulated', () => {
  const top = unpackTarball(scratch, 'arm64');

  function emulated(...command: string[]) {
    const { stdout, stderr, status } = spawnSync('qemu-aarch64-static', ['-L', LIBRARIES, ...command], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '--no-such-option' },
    });
    return { stdout, stderr, status };
  }

  function faultscope(...args: string[]) {
    // An emulated program cannot execute another one without a change to the host: Node.js is run directly.
    const { NODE_OPTIONS: _, ...env } = process.env;
    return spawnSync(
      'qemu-aarch64-static',
      ['-L', LIBRARIES, join(top, 'libexec/node'), join(top, 'dist/cli.js'), ...args],
      {
        encoding: 'utf8',
        env,
      },
    );
  }

  test('it reports a recording as this machine does', () => {
    const recording = join(REPOSITORY, 'test/fixtures/recordings/v1.fscope');
    const here = spawnSync(join(unpackTarball(scratch), 'bin/faultscope'), ['report', recording], { encoding: 'utf8' });
    expect(here.stdout).toContain('observed for');
    expect(faultscope('report', recording).stdout).toBe(here.stdout);
  });

  test('its launcher runs the Node.js beside it, without what was meant to be read by it', () => {
    writeFileSync(join(top, 'libexec/node'), '#!/bin/sh\necho "$@"\nexec env\n', { mode: 0o755 });
    const { stdout } = emulated(join(top, 'bin/faultscope'), '--pid', '1');
    expect(stdout.split('\n')[0]).toBe(`${join(top, 'dist/cli.js')} --pid 1`);
    expect(stdout).toMatch(/^FAULTSCOPE_COMMAND_ENV_NODE_OPTIONS=--no-such-option$/m);
    expect(stdout).not.toMatch(/^NODE_OPTIONS=/m);
  });

  test('its demo workload runs', () => {
    const { stdout } = emulated(join(top, 'build/workloads/coldmmap'), '--help');
    expect(stdout).toContain('--threads');
  });
});
