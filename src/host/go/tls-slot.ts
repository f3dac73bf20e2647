import { type ElfFile, Machine, readAddress } from '../elf/elf-file.js';
import type { FunctionTable } from './function-table.js';

/** Assembly functions of the runtime that read or write the current g's slot (runtime/asm_amd64.s). */
const USERS = ['gogo', 'runtime.mcall', 'runtime.systemstack', 'runtime.morestack'];

const LONGEST_FUNCTION = 512;

/**
 * Where the current g is stored relative to fsbase, as the code has it: the linkers turn other ways of thread-local access
 * into these for executables. Null on machines other than x86-64, and where the code says nothing or no one thing.
 */
export function findTlsOffset(elf: ElfFile, table: FunctionTable): number | null {
  if (elf.machine !== Machine.x86_64) return null;
  const functions = USERS.flatMap((name) => table.named(name));
  const offsets = new Set(functions.flatMap(({ entry, end }) => offsetsIn(elf, entry, end)));
  const [offset] = offsets;
  return offset !== undefined && offsets.size === 1 ? offset : null;
}

function offsetsIn(elf: ElfFile, entry: number, end: number): readonly number[] {
  const code = readAddress(elf, entry, Math.min(end - entry, LONGEST_FUNCTION));
  if (code === null) return [];
  const offsets = Array.from({ length: code.length }, (_, at) => absoluteAt(code, at) ?? indirectAt(code, at));
  return offsets.filter((offset) => offset !== null);
}

/** mov %fs:OFFSET,%r or mov %r,%fs:OFFSET: segment prefix, REX.W, opcode, ModRM and SIB for a bare displacement. */
function absoluteAt(code: Buffer, at: number): number | null {
  if (at + 9 > code.length || code[at] !== 0x64 || !isMov(code, at + 1)) return null;
  return (code.readUInt8(at + 3) & 0xc7) === 0x04 && code[at + 4] === 0x25 ? negative(code.readInt32LE(at + 5)) : null;
}

/** mov $OFFSET,%rcx, then mov %fs:(%rcx),%r or mov %r,%fs:(%rcx): what position-independent code becomes. */
function indirectAt(code: Buffer, at: number): number | null {
  if (at + 11 > code.length || code[at] !== 0x48 || code[at + 1] !== 0xc7 || code[at + 2] !== 0xc1) return null;
  if (code[at + 7] !== 0x64 || !isMov(code, at + 8)) return null;
  return (code.readUInt8(at + 10) & 0xc7) === 0x01 ? negative(code.readInt32LE(at + 3)) : null;
}

function isMov(code: Buffer, at: number): boolean {
  const [prefix, opcode] = [code[at], code[at + 1]];
  return (prefix === 0x48 || prefix === 0x4c) && (opcode === 0x89 || opcode === 0x8b);
}

/** The executable's own thread-local block ends at fsbase (System V ABI, variant II). */
function negative(offset: number): number | null {
  return offset < 0 && offset % 8 === 0 ? offset : null;
}
