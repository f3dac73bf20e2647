import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { kernelTypesPath, perCpuOffsets } from '../../../src/host/kernel-btf.js';

const directory = mkdtempSync(join(tmpdir(), 'faultscope-btf-'));
const path = join(directory, 'vmlinux');
afterAll(() => rmSync(directory, { recursive: true }));

const words = (...values: number[]) => Buffer.from(Uint32Array.from(values.map((value) => value >>> 0)).buffer);
const info = (kind: number, members = 0) => (kind << 24) | members;

/** An int, a struct with one member, two variables, and the section that holds them. */
function btf(): Buffer {
  const texts = ['', 'int', 'rq', 'runqueues', '__preempt_count', '.data..percpu'];
  const at = texts.map((_, index) => texts.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0));
  const [, int = 0, rq = 0, runqueues = 0, count = 0, section = 0] = at;
  const types = Buffer.concat([
    words(int, info(1), 4, 0x20),
    words(rq, info(4, 1), 4, int, 1, 0),
    words(runqueues, info(14), 2, 1),
    words(count, info(14), 1, 1),
    words(section, info(15, 2), 0x100, 4, 0x30, 4, 3, 0x40, 8),
  ]);
  const strings = Buffer.from(texts.map((text) => `${text}\0`).join(''));
  return Buffer.concat([words(0x0001_eb9f, 24, 0, types.length, types.length, strings.length), types, strings]);
}

test('variables are found where their section has them', () => {
  writeFileSync(path, btf());
  expect(perCpuOffsets(['runqueues', '__preempt_count', 'pcpu_hot'], path)).toEqual(
    new Map([
      ['__preempt_count', 0x30],
      ['runqueues', 0x40],
    ]),
  );
});

test('a kernel without type information has none', () => {
  expect(perCpuOffsets(['runqueues'], join(directory, 'missing')).size).toBe(0);
});

test('a file that is cut short or no such file at all does no harm', () => {
  const whole = btf();
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    expect(perCpuOffsets(['runqueues', '__preempt_count'], path).size).toBeLessThanOrEqual(2);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      writeFileSync(path, Buffer.concat([words(0x0001_eb9f, 24, 0), bytes]));
      expect(perCpuOffsets(['runqueues'], path)).toBeInstanceOf(Map);
    }),
  );
});

test.skipIf(!existsSync('/sys/kernel/btf/vmlinux'))('this kernel says where its run queues are', () => {
  expect(perCpuOffsets(['runqueues'], kernelTypesPath({})).get('runqueues')).toBeGreaterThan(0);
});
