import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isElf32 } from '../../../src/host/elf-class.js';

const directory = mkdtempSync('/tmp/elf-class-');
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, head: string): string {
  const path = join(directory, name);
  writeFileSync(path, Buffer.from(head, 'latin1'));
  return path;
}

test('a 32-bit program is told from a 64-bit one by its header', () => {
  expect(isElf32(file('i386', '\x7fELF\x01\x01\x01\x00 and so on'))).toBe(true);
  expect(isElf32(file('x86_64', '\x7fELF\x02\x01\x01\x00 and so on'))).toBe(false);
  expect(isElf32('/proc/self/exe')).toBe(process.arch === 'arm' || process.arch === 'ia32');
});

test('what is no program, too short, or not there is not a 32-bit program', () => {
  expect(isElf32(file('script', '#!/bin/sh\n'))).toBe(false);
  expect(isElf32(file('short', '\x7fEL'))).toBe(false);
  expect(isElf32(join(directory, 'missing'))).toBe(false);
});
