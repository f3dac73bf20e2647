import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openGoBinary } from '../../../../src/host/go/binary.js';
import { asFile, type FakeSection, fakeGo } from './fake-go.js';

const SHF_COMPRESSED = 0x800;

/** compile_unit and structure_type with a name, member with a name and a place (DWARF 5, 7.5.3). */
const ABBREVIATIONS = Buffer.from([
  ...[1, 0x11, 1, 0x03, 0x08, 0, 0],
  ...[2, 0x13, 1, 0x03, 0x08, 0, 0],
  ...[3, 0x0d, 0, 0x03, 0x08, 0x38, 0x0f, 0, 0],
  0,
]);

const STRUCTS = {
  'runtime.g': { m: 1, sched: 2, atomicstatus: 3, goid: 300, startpc: 5 },
  'runtime.m': { g0: 6, procid: 7, mstartfn: 8, curg: 9, p: 10, alllink: 70_000 },
  'runtime.p': { id: 12, status: 13 },
};

function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)];
}

function text(value: string): number[] {
  return [...Buffer.from(`${value}\0`)];
}

function unit(
  version: 4 | 5,
  name: string,
  structs: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Buffer {
  const entries = Object.entries(structs).flatMap(([struct, members]) => [
    ...[2, ...text(struct)],
    ...Object.entries(members).flatMap(([member, at]) => [3, ...text(member), ...uleb(at)]),
    0,
  ]);
  const header = version === 5 ? [5, 0, 1, 8, 0, 0, 0, 0] : [4, 0, 0, 0, 0, 0, 8];
  const body = Buffer.from([...header, 1, ...text(name), ...entries, 0]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

function info(version: 4 | 5): Buffer {
  const other = unit(version, 'main', { 'runtime.g': { goid: 999 } });
  return Buffer.concat([other, unit(version, 'runtime', STRUCTS)]);
}

function plain(name: string, contents: Buffer): FakeSection {
  return { name: `.debug_${name}`, contents };
}

/** Elf64_Chdr in front, elf(5). */
function compressed(name: string, contents: Buffer): FakeSection {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(contents.length, 8);
  return { name: `.debug_${name}`, contents: Buffer.concat([header, deflateSync(contents)]), flags: SHF_COMPRESSED };
}

/** As Go's linker wrote it up to 1.18. */
function gnuCompressed(name: string, contents: Buffer): FakeSection {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(contents.length));
  return { name: `.zdebug_${name}`, contents: Buffer.concat([Buffer.from('ZLIB'), size, deflateSync(contents)]) };
}

function layoutWith(sections: readonly FakeSection[]) {
  const binary = openGoBinary(asFile(fakeGo({ version: 'go1.27.3', sections })));
  binary?.close();
  return binary?.layout;
}

const EXPECTED = { source: 'DWARF', g: STRUCTS['runtime.g'], m: STRUCTS['runtime.m'], p: STRUCTS['runtime.p'] };

describe('offsets of the runtime', () => {
  it.each([
    ['plain', plain, 4],
    ['plain', plain, 5],
    ['compressed', compressed, 4],
    ['compressed', compressed, 5],
    ['compressed in the older way', gnuCompressed, 4],
  ] as const)('are from DWARF where it is there: %s', (_name, section, version) => {
    expect(layoutWith([section('info', info(version)), section('abbrev', ABBREVIATIONS)])).toEqual(EXPECTED);
  });

  it('are from the table where DWARF lacks one of them, is cut off or is no compressed stream', () => {
    const { 'runtime.p': _, ...two } = STRUCTS;
    const broken = compressed('info', info(5));
    for (const infoSection of [
      plain('info', unit(5, 'runtime', two)),
      plain('info', info(5).subarray(0, -20)),
      { ...broken, contents: Buffer.concat([broken.contents.subarray(0, 24), Buffer.alloc(40, 7)]) },
    ]) {
      expect(layoutWith([infoSection, plain('abbrev', ABBREVIATIONS)])?.source).toBe('table for go1.27');
    }
  });

  it('are from the table where a compressed section claims to become huge', () => {
    const huge = compressed('info', info(5));
    huge.contents.writeUInt32LE(0xf000_0000, 8);
    expect(layoutWith([huge, plain('abbrev', ABBREVIATIONS)])?.source).toBe('table for go1.27');
  });
});
