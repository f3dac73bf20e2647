import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A function of a hand-made executable. */
export interface FakeFunction {
  readonly name: string;
  /** Its code, at most 32 bytes. */
  readonly code?: Buffer;
  readonly kind?: number;
  readonly hasInlined?: boolean;
}

export const TEXT = 0x401000;
const RODATA = 0x402000;
export const DATA = 0x403000;
const FUNCTION_SIZE = 32;
const BUILD_SETTINGS = `${'0'.repeat(16)}path\tmain\nbuild\tCGO_ENABLED=1\n${'0'.repeat(15)}\n`;

export interface FakeGo {
  readonly functions?: readonly FakeFunction[];
  /** Without it, build information is of the kind before Go 1.18: pointers to strings. */
  readonly version?: string;
  readonly oldVersion?: string;
  readonly machine?: number;
  readonly sections?: readonly FakeSection[];
  /** As since Go 1.26: 0 in the table, and in moduledata only. */
  readonly hasTextStart?: boolean;
}

export interface FakeSection {
  readonly name: string;
  readonly contents: Buffer;
  readonly flags?: number;
}

/** Address of a function by its place in the list. */
export function entryOf(index: number): number {
  return TEXT + index * FUNCTION_SIZE;
}

/** `call` from one function's first byte to another's. */
export function callTo(from: number, to: number): Buffer {
  const code = Buffer.alloc(5, 0xe8);
  code.writeInt32LE(entryOf(to) - (entryOf(from) + 5), 1);
  return code;
}

/** An ELF file of x86-64 with code, a function table and build information where Go's linker has them. */
export function fakeGo(options: FakeGo = {}): Buffer {
  const functions = options.functions ?? [{ name: 'runtime.main' }, { name: 'main.main' }];
  const sections = options.sections ?? [];
  const head = Buffer.alloc(0x1000);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(options.machine ?? 62, 18);
  head.writeUInt32LE(64, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(3, 56);
  const parts = [page(codeOf(functions)), page(functionTable(functions, options)), page(data(options))];
  for (const [index, { flags, address }] of [
    { flags: 5, address: TEXT },
    { flags: 4, address: RODATA },
    { flags: 6, address: DATA },
  ].entries()) {
    segment(head, 64 + index * 56, { flags, address, offset: 0x1000 * (index + 1) });
  }
  return withSections(Buffer.concat([head, ...parts]), sections);
}

const folder = mkdtempSync(join(tmpdir(), 'faultscope-elf-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes it to a file of its own, gone after the tests, and returns the path. */
export function asFile(contents: Buffer): string {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, contents);
  return path;
}

function segment(head: Buffer, at: number, to: { flags: number; address: number; offset: number }): void {
  head.writeUInt32LE(1, at);
  head.writeUInt32LE(to.flags, at + 4);
  head.writeUInt32LE(to.offset, at + 8);
  head.writeUInt32LE(to.address, at + 16);
  head.writeUInt32LE(0x1000, at + 32);
  head.writeUInt32LE(0x1000, at + 40);
  head.writeUInt32LE(0x1000, at + 48);
}

function page(contents: Buffer): Buffer {
  return Buffer.concat([contents, Buffer.alloc(0x1000 - contents.length)]);
}

function codeOf(functions: readonly FakeFunction[]): Buffer {
  return Buffer.concat(
    functions.map(({ code = Buffer.alloc(0) }) =>
      Buffer.concat([code, Buffer.alloc(FUNCTION_SIZE - code.length, 0x90)]),
    ),
  );
}

/** pcHeader of Go 1.20 and later, names, pairs, structs (runtime/symtab.go, runtime2.go). */
function functionTable(functions: readonly FakeFunction[], { hasTextStart = true }: FakeGo): Buffer {
  const names = Buffer.from(`\0${functions.map(({ name }) => `${name}\0`).join('')}`);
  const header = Buffer.alloc(72);
  header.writeUInt32LE(0xfffffff1, 0);
  header.writeUInt8(1, 6);
  header.writeUInt8(8, 7);
  const pairsAt = 72 + Math.ceil(names.length / 8) * 8;
  for (const [index, value] of [functions.length, 0, hasTextStart ? TEXT : 0, 72, 0, 0, 0, pairsAt].entries()) {
    header.writeUInt32LE(value, 8 + index * 8);
  }
  const pairs = Buffer.alloc((2 * functions.length + 1) * 4);
  const structs: Buffer[] = [];
  for (const [index, { name, kind = 0, hasInlined = false }] of functions.entries()) {
    const struct = Buffer.alloc(44 + 4 * 4);
    struct.writeUInt32LE(index * FUNCTION_SIZE, 0);
    struct.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, 4);
    struct.writeUInt8(kind, 40);
    struct.writeUInt8(4, 43);
    struct.writeUInt32LE(hasInlined ? 0 : 0xffffffff, 44 + 3 * 4);
    pairs.writeUInt32LE(index * FUNCTION_SIZE, index * 8);
    pairs.writeUInt32LE(pairs.length + index * struct.length, index * 8 + 4);
    structs.push(struct);
  }
  pairs.writeUInt32LE(functions.length * FUNCTION_SIZE, functions.length * 8);
  return Buffer.concat([header, names, Buffer.alloc(pairsAt - 72 - names.length), pairs, ...structs]);
}

/** Build information, and at 0x800 a moduledata (runtime/symtab.go). */
function data({ version = 'go1.27.3', oldVersion }: FakeGo): Buffer {
  const contents = Buffer.alloc(0x1000);
  contents.write('\xff Go buildinf:', 'latin1');
  contents.writeUInt8(8, 14);
  contents.writeUInt8(oldVersion === undefined ? 2 : 0, 15);
  if (oldVersion === undefined) {
    contents.writeUInt8(version.length, 32);
    contents.write(version, 33);
    contents.writeUInt8(BUILD_SETTINGS.length, 33 + version.length);
    contents.write(BUILD_SETTINGS, 34 + version.length);
  } else {
    contents.writeUInt32LE(DATA + 0x100, 16);
    contents.writeUInt32LE(DATA + 0x200, 0x100);
    contents.writeUInt32LE(oldVersion.length, 0x108);
    contents.write(oldVersion, 0x200);
  }
  contents.writeUInt32LE(RODATA, 0x800);
  contents.writeUInt32LE(TEXT, 0x800 + 22 * 8);
  return contents;
}

function withSections(file: Buffer, sections: readonly FakeSection[]): Buffer {
  if (sections.length === 0) return file;
  const all = [{ name: '.go.buildinfo', contents: Buffer.alloc(0) }, ...sections, namesOf(sections)];
  const headers = Buffer.alloc((all.length + 1) * 64);
  let offset = file.length;
  for (const [index, section] of all.entries()) {
    const at = (index + 1) * 64;
    const isBuildInfo = index === 0;
    headers.writeUInt32LE(all.at(-1)?.contents.indexOf(`\0${section.name}\0`) ?? 0, at);
    headers.writeUInt32LE(headers.readUInt32LE(at) + 1, at);
    headers.writeUInt32LE(1, at + 4);
    headers.writeUInt32LE('flags' in section ? Number(section.flags) : 0, at + 8);
    headers.writeUInt32LE(isBuildInfo ? DATA : 0, at + 16);
    headers.writeUInt32LE(isBuildInfo ? 0x3000 : offset, at + 24);
    headers.writeUInt32LE(isBuildInfo ? 0x100 : section.contents.length, at + 32);
    offset += section.contents.length;
  }
  const head = Buffer.from(file);
  head.writeUInt32LE(offset, 40);
  head.writeUInt16LE(64, 58);
  head.writeUInt16LE(all.length + 1, 60);
  head.writeUInt16LE(all.length, 62);
  return Buffer.concat([head, ...all.map(({ contents }) => contents), headers]);
}

function namesOf(sections: readonly FakeSection[]): FakeSection {
  const names = ['.go.buildinfo', ...sections.map(({ name }) => name), '.shstrtab'];
  return { name: '.shstrtab', contents: Buffer.from(`\0${names.join('\0')}\0`) };
}
