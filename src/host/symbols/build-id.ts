import { type ElfFile, sectionNamed } from '../elf/elf-file.js';

const NT_GNU_BUILD_ID = 3;
const LONGEST = 4096;

/** What the linker calls a file, in hex; null where it does not. A note is three words, its owner, what it says (elf(5)). */
export function buildId(elf: ElfFile): string | null {
  const section = sectionNamed(elf, '.note.gnu.build-id');
  const bytes = section === null ? null : elf.view.read(section.offset, Math.min(section.size, LONGEST));
  if (bytes === null || bytes.length < 16 || bytes.readUInt32LE(8) !== NT_GNU_BUILD_ID) return null;
  const start = 12 + bytes.readUInt32LE(0);
  const id = bytes.subarray(start, start + bytes.readUInt32LE(4));
  return id.length >= 2 && id.length <= 64 ? id.toString('hex') : null;
}
