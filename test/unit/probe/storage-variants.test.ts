import { expect, test } from 'vitest';
import { loadScript } from '../../../src/probe/script.js';
import { storageVariants } from '../../../src/probe/variants.js';

const PARTITIONS = new Map([[271_581_185, 271_581_184]]);
const scripts = (arch: string) =>
  storageVariants(arch, PARTITIONS).map(({ name, patches }) => ({ name, text: loadScript('storage', patches) }));

test('every variant fits the script, and knows which disk a partition is on', () => {
  for (const { text } of scripts('x86_64')) expect(text).toContain('@disk[(uint64)271581185] = (uint64)271581184;');
});

test('kernels without block_io_start are asked for block_getrq, of the disk', () => {
  const older = scripts('x86_64').filter(({ name }) => name.startsWith('block_getrq'));
  expect(older.length).toBeGreaterThan(0);
  for (const { text } of older) {
    expect(text).not.toMatch(/^tracepoint:block:block_io_start/m);
    expect(text).toMatch(/^tracepoint:block:block_getrq/m);
  }
});

test('where the saved registers are not known no I/O is taken for that of a fault', () => {
  for (const { name, text } of scripts('aarch64')) {
    expect(name).toContain('not told');
    expect(text).not.toContain('orig_ax');
  }
});
