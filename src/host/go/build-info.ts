import { type ElfFile, readAddress, sectionNamed } from '../elf/elf-file.js';
import { first, occurrences } from '../elf/file-view.js';
import { readWord } from '../elf/header.js';
import { readPointer } from '../elf/relocations.js';

/** What the linker noted about the build (debug/buildinfo, cmd/link/internal/ld/data.go: buildinfo). */
export interface BuildInfo {
  /** "go1.22.3". Text from outside. */
  readonly version: string;
  /** Null where it is not said, as before Go 1.18. */
  readonly cgo: boolean | null;
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const HEADER = 32;
const INLINE_STRINGS = 2;

/** The linker puts it at the start of the data; with an external linker other data may stand before it. */
const LONGEST_SEARCH = 64 * 1024 * 1024;
const MOST_CANDIDATES = 16;
const LONGEST_VERSION = 256;
const LONGEST_SETTINGS = 1024 * 1024;

/** Null where there is none: no executable of Go 1.13 or later. */
export function readBuildInfo(elf: ElfFile): BuildInfo | null {
  for (const address of first(MOST_CANDIDATES, candidates(elf))) {
    const header = readAddress(elf, address, HEADER);
    if (header === null) continue;
    const flags = header.readUInt8(15);
    const info = (flags & INLINE_STRINGS) !== 0 ? inline(elf, address + HEADER) : pointed(elf, address + 16);
    if (info !== null) return info;
  }
  return null;
}

/** Aligned places of the magic: in its section, else, where sections were stripped, in the writable segments. */
function* candidates(elf: ElfFile): Generator<number> {
  const section = sectionNamed(elf, '.go.buildinfo');
  if (section === null && elf.sections.length > 0) return;
  const ranges =
    section === null
      ? elf.segments.filter((one) => one.isLoad && one.isWritable)
      : [{ address: section.address, offset: section.offset, fileSize: section.size }];
  for (const { address, offset, fileSize } of ranges) {
    for (const at of occurrences(elf.view, offset, offset + Math.min(fileSize, LONGEST_SEARCH), MAGIC)) {
      const found = address + (at - offset);
      if (found % ALIGNMENT === 0) yield found;
    }
  }
}

/** Since Go 1.18: the strings follow the header, each after its length as a varint. */
function inline(elf: ElfFile, start: number): BuildInfo | null {
  const version = lengthAt(elf, start);
  if (version === null || version.length > LONGEST_VERSION) return null;
  const text = readAddress(elf, version.at, version.length);
  const settings = lengthAt(elf, version.at + version.length);
  const shown = settings === null ? null : textAt(elf, settings.at, Math.min(settings.length, LONGEST_SETTINGS));
  return buildInfo(text?.toString('utf8') ?? null, shown);
}

/** Before: pointers to two Go strings. */
function pointed(elf: ElfFile, at: number): BuildInfo | null {
  const pointer = readPointer(elf, at);
  return buildInfo(pointer === null ? null : goString(elf, pointer), null);
}

function buildInfo(version: string | null, settings: string | null): BuildInfo | null {
  if (version === null || version === '') return null;
  const cgo = settings === null ? null : (/^build\tCGO_ENABLED=([01])$/m.exec(settings)?.[1] ?? null);
  return { version, cgo: cgo === null ? null : cgo === '1' };
}

function goString(elf: ElfFile, header: number): string | null {
  const word = elf.is64 ? 8 : 4;
  const [data, size] = [readPointer(elf, header), readAddress(elf, header + word, word)];
  if (data === null || size === null) return null;
  const length = readWord(size, 0, elf.is64);
  return length > LONGEST_VERSION ? null : textAt(elf, data, length);
}

function textAt(elf: ElfFile, address: number, length: number): string | null {
  return readAddress(elf, address, length)?.toString('utf8') ?? null;
}

/** An unsigned LEB128 number (encoding/binary: Uvarint) of at most 28 bits, and the address behind it. */
function lengthAt(elf: ElfFile, address: number): { readonly length: number; readonly at: number } | null {
  let length = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = readAddress(elf, address + index, 1)?.readUInt8(0);
    if (byte === undefined) return null;
    length += (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { length, at: address + index + 1 };
  }
  return null;
}
