import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { authorizationOf } from '../../../src/serve/authorization.js';
import { readSecret } from '../../../src/serve/secret-file.js';

const directory = mkdtempSync(join(tmpdir(), 'faultscope-secret-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a secret in a file', () => {
  test('is read without the line break that editors put at its end', () => {
    expect(readSecret(file('good', 's3cret\n'))).toBe('s3cret');
  });

  test.each([0o604, 0o640, 0o660])('that others may read is refused (%o)', (mode) => {
    expect(() => readSecret(file(`open${mode}`, 'x', mode))).toThrow('can be read by others');
  });

  test('that is empty, is not there or is a pipe is refused at once', () => {
    execFileSync('mkfifo', ['-m', '600', join(directory, 'pipe')]);
    expect(() => readSecret(file('empty', '\n'))).toThrow('is empty');
    expect(() => readSecret(join(directory, 'none'))).toThrow('cannot be read');
    expect(() => readSecret(join(directory, 'pipe'))).toThrow('no small regular file');
  });
});

describe('whoever asks', () => {
  const token = authorizationOf({ kind: 'token', file: file('token', 'abc') });
  const basic = authorizationOf({ kind: 'basic', user: 'u', file: file('password', 'pä:ss') });
  const credentials = (text: string) => Buffer.from(text).toString('base64');

  test('with the token is let in, also where the scheme is written otherwise', () => {
    expect(token?.allows('Bearer abc')).toBe(true);
    expect(token?.allows('bearer abc')).toBe(true);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ab', 'Bearer abcd', 'abc', 'Basic abc', 'Bearer  '])(
    'without it is not: %s',
    (header) => expect(token?.allows(header)).toBe(false),
  );

  test('with the right user and password is let in, with one of them is not', () => {
    expect(basic?.allows(`Basic ${credentials('u:pä:ss')}`)).toBe(true);
    expect(basic?.allows(`Basic ${credentials('v:pä:ss')}`)).toBe(false);
    expect(basic?.allows(`Basic ${credentials('u:pass')}`)).toBe(false);
    expect(basic?.allows(`Bearer ${credentials('u:pä:ss')}`)).toBe(false);
  });
});
