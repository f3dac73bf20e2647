import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { faultscope } from '../support/faultscope.js';
import { until } from '../support/until.js';
import { startWorkload } from '../support/workload.js';

const directory = mkdtempSync('/tmp/faultscope-environment-');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Keeps what it was given, then is bpftrace. */
function spy(): string {
  const path = join(directory, 'bpftrace');
  const lines = ['#!/bin/sh', `env >>${directory}/seen`, 'exec bpftrace "$@"', ''];
  writeFileSync(path, lines.join('\n'));
  chmodSync(path, 0o755);
  return path;
}

test('bpftrace gets nothing of the environment that faultscope was started with', async () => {
  const workload = await startWorkload('coldmmap', ['--mib', '16', '--rate', '10']);
  const env = {
    ...process.env,
    BPFTRACE_STRLEN: '64',
    BPFTRACE_CACHE_USER_SYMBOLS: '1',
    PERL5OPT: '-Mnothing',
    GCONV_PATH: directory,
    SECRET: 'not for others',
  };
  try {
    const run = ['--pid', String(workload.pid), '--duration', '1s', '--bpftrace', spy()];
    const { exitCode } = await faultscope(run, { env });
    expect(exitCode).toBe(0);
    const seen = await until('bpftrace to be run', () => readFileSync(join(directory, 'seen'), 'utf8'));
    const names = new Set(seen.split('\n').flatMap((line) => line.split('=')[0] || []));
    const ours = ['BPFTRACE_BTF', 'BPFTRACE_MAP_KEYS_MAX', 'BPFTRACE_MAX_MAP_KEYS', 'BPFTRACE_NO_USER_SYMBOLS'];
    const shells = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect([...names].filter((name) => !shells.includes(name)).sort()).toEqual(
      [...ours, 'BPFTRACE_PERF_RB_PAGES', 'LC_ALL', 'PATH'].sort(),
    );
  } finally {
    await workload.end();
  }
});
