import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateBpftrace, parseBpftraceVersion } from '../../../src/probe/locate.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'locate-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function fake(name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the version', () => {
  test.each([
    ['bpftrace v0.17.0\n', '0.17.0'],
    ['bpftrace v0.23.2', '0.23.2'],
    ['bpftrace v0.21.0-dev-45-gabcdef', '0.21.0-dev-45-gabcdef'],
    ['WARNING: something\nbpftrace v0.27.0\n', '0.27.0'],
    ['bpftrace unknown\n', null],
    ['true (GNU coreutils) 9.1', null],
    ['', null],
  ])('in %j is %j', (output, version) => {
    expect(parseBpftraceVersion(output)).toBe(version);
  });
});

describe('the bpftrace to use', () => {
  test('is the one given on the command line, before the environment and PATH', async () => {
    const path = fake('mine', 'echo bpftrace v1.2.3');
    fake('bpftrace', 'echo bpftrace v0.99.0');
    const env = { PATH: directory, FAULTSCOPE_BPFTRACE: fake('other', 'echo bpftrace v9.9.9') };
    expect(await locateBpftrace(path, env)).toEqual({ path, version: '1.2.3' });
    expect(await locateBpftrace(undefined, env)).toMatchObject({ version: '9.9.9' });
    expect(await locateBpftrace(undefined, { PATH: directory })).toMatchObject({ version: '0.99.0' });
  });

  test('is asked for its version and for nothing else', async () => {
    const path = fake('picky', '[ "$*" = --version ] && echo bpftrace v0.17.0');
    expect(await locateBpftrace(path, {})).toMatchObject({ version: '0.17.0' });
  });

  test('that does not exist is an error of this host which names where it was asked for', async () => {
    await expect(locateBpftrace('/nonexistent', {})).rejects.toMatchObject({
      exitCode: 3,
      message: '--bpftrace names /nonexistent, which is not an executable file',
    });
    await expect(locateBpftrace(undefined, { FAULTSCOPE_BPFTRACE: '/nonexistent' })).rejects.toMatchObject({
      exitCode: 3,
      hint: 'unset FAULTSCOPE_BPFTRACE',
    });
  });

  test('that answers something else is quoted, escapes taken out', async () => {
    const path = fake('liar', `printf '\\033[31mno root\\n' >&2; exit 1`);
    await expect(locateBpftrace(path, {})).rejects.toMatchObject({
      exitCode: 3,
      message: `${path} --version printed no version but "no root"`,
    });
  });

  test('that says nothing at all is an error too', async () => {
    const path = fake('mute', 'exit 0');
    await expect(locateBpftrace(path, {})).rejects.toMatchObject({ message: `${path} --version printed no version` });
  });
});
