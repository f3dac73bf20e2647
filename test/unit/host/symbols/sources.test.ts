import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CodeMappings } from '../../../../src/host/symbols/code-mappings.js';
import { KernelFunctions } from '../../../../src/host/symbols/kernel-functions.js';
import { Module } from '../../../../src/host/symbols/module.js';
import { Nearest } from '../../../../src/host/symbols/nearest.js';
import { PerfMap } from '../../../../src/host/symbols/perf-map.js';
import { Slices } from '../../../../src/host/symbols/slices.js';

const slices = new Slices();
/** Ours: PerfMap looks where a runtime of this very process would write. */
const MAP = `/tmp/perf-${process.pid}.map`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-symbols-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  rmSync(MAP, { force: true });
});

test('an address belongs to what begins last before it, unless that has ended', () => {
  const nearest = new Nearest<string>([150, 50, 250, 999]);
  for (const [start, size, name] of [
    [200, 0, 'unsized'],
    [100, 100, 'sized'],
    [100, 100, 'alias'],
    [10, 20, 'ended'],
    [2000, 1, 'beyond'],
  ] as const) {
    const slot = nearest.slot(start);
    if (slot !== -1) nearest.offer(slot, start, size, name);
  }
  const found = new Map(
    [...nearest.found()].map(({ address, functions }) => [address, functions.map(({ token }) => token)]),
  );
  expect(found).toEqual(
    new Map([
      [150, ['sized', 'alias']],
      [250, ['unsized']],
      [999, ['unsized']],
    ]),
  );
});

test('kernel functions are found with their modules; data and hidden addresses are none', async () => {
  const path = join(directory, 'kallsyms');
  const lines = [
    'ffffffff81000000 T first',
    'ffffffff81000200 D data',
    'ffffffff81000100 t second',
    'ffffffffc0000000 t of_module\t[ext4]',
    '0000000000000000 T hidden',
    'nonsense',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  const found = await new KernelFunctions(path).at(
    [0xffffffff81000010n, 0xffffffff81000300n, 0xffffffffc0000008n],
    slices,
  );
  expect([...found.values()]).toEqual([
    { name: 'first', module: 'kernel', start: 0xffffffff81000000n },
    { name: 'second', module: 'kernel', start: 0xffffffff81000100n },
    { name: 'of_module', module: 'ext4', start: 0xffffffffc0000000n },
  ]);
  expect((await new KernelFunctions(join(directory, 'none')).at([0xffffffff81000010n], slices)).size).toBe(0);
});

test('of a perf map the later line counts; lines of another shape do not', async () => {
  writeFileSync(
    MAP,
    '1000 100 JS:~old\n0x2000 0x10 void Java.method(int, long)\n1000 80 JS:*newer\nzz 1 x\n3000\n1fff 1 \n',
  );
  const reading = await new PerfMap(process.pid).find([0x1010, 0x10ff, 0x2008, 0x2010, 0x3000], slices);
  expect(Object.fromEntries(reading?.functions ?? [])).toEqual({
    4112: { name: 'JS:*newer', start: 0x1000 },
    4351: { name: 'JS:~old', start: 0x1000 },
    8200: { name: 'void Java.method(int, long)', start: 0x2000 },
  });
});

test('a perf map whose every line is about everything, under names without end, is given up', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `0 ${'f'.repeat(12)} ${index}${'x'.repeat(5000)}\n`);
  writeFileSync(MAP, lines.join(''));
  const addresses = Array.from({ length: 1000 }, (_, index) => 0x1000 + index);
  const reading = await new PerfMap(process.pid).find(addresses, slices);
  const names = Array.from(reading?.functions.values() ?? [], ({ name }) => name);
  expect(names.length).toBe(1000);
  for (const name of names) {
    expect(name.length).toBeLessThanOrEqual(2048);
    expect(Number.parseInt(name, 10)).toBeLessThan(1010);
  }
});

test('a perf map that took long to read is not read again soon', async () => {
  writeFileSync(MAP, '1000 100 name\n');
  let nowNs = 0n;
  const clock = () => {
    nowNs += 1_000_000_000n;
    return nowNs;
  };
  const map = new PerfMap(process.pid, clock);
  const find = async () => (await map.find([0x1010], slices))?.functions.size ?? null;
  // A second to read, four to pause.
  expect([await find(), await find(), await find(), await find(), await find()]).toEqual([1, null, null, null, 1]);
});

test('a perf map that is a pipe that nobody writes to is not waited for', async () => {
  execFileSync('mkfifo', [MAP]);
  expect(await new PerfMap(process.pid).find([0x1010], slices)).toBeNull();
});

test('a perf map that is a link, or is not there, is not believed', async () => {
  expect(await new PerfMap(process.pid).version()).toBeNull();
  const elsewhere = join(directory, 'map');
  writeFileSync(elsewhere, '1000 100 name\n');
  symlinkSync(elsewhere, MAP);
  expect(await new PerfMap(process.pid).version()).toBeNull();
});

test('functions of this very Node are found by their link-time addresses', async () => {
  const module = Module.open(process.execPath, []);
  if (module === null) throw new Error('no ELF file');
  expect(Module.open(import.meta.filename, [])).toBeNull();
  expect(module.addressOf(2 ** 40)).toBeNull();
  expect((await module.functionsAt([0], slices)).size).toBe(0);
  module.close();
});

test('only executable mappings count, and they outlive the process', () => {
  const path = join(directory, 'maps');
  writeFileSync(
    path,
    '1000-2000 r--p 00000000 08:01 5 /bin/a\n2000-3000 r-xp 00001000 08:01 5 /bin/a\n3000-4000 rwxp 00000000 00:00 0 \n',
  );
  let nowNs = 10_000_000_000n;
  const mappings = new CodeMappings(1, () => nowNs, path);
  mappings.refresh();
  expect(mappings.find(0x1800n)).toBeNull();
  expect(mappings.find(0x2800n)).toMatchObject({ path: '/bin/a', offset: 0x1000n });
  expect(mappings.find(0x3800n)).toMatchObject({ of: 'anonymous' });
  rmSync(path);
  nowNs += 5_000_000_000n;
  mappings.refresh();
  expect(mappings.find(0x2800n)).toMatchObject({ path: '/bin/a' });
  expect(mappings.changes).toBe(1);
});
