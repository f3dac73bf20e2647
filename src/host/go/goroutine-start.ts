import { type ElfFile, Machine, readAddress } from '../elf/elf-file.js';
import type { FunctionTable, TableFunction } from './function-table.js';

/**
 * The compiler starts `go f(x)` in a function of its own that calls f(x): main.main·dwrap·1 in Go 1.17, main.main.func1
 * marked as a wrapper up to 1.21, main.main.gowrap1 since (cmd/compile: order.go wrapGoDefer, typecheck/stmt.go
 * normalizeGoDeferCall). A method value (`f := s.handle; go f()`) starts in main.(*server).handle-fm.
 */
const ALWAYS_WRAPPER = /(?:\.gowrap\d+|·dwrap·\d+|-fm)$/;
const MAYBE_WRAPPER = /\.func\d+(?:\.\d+)*$/;

/** Wrappers are tens of bytes. */
const LONGEST_WRAPPER = 4096;

const CALL_REL32 = 0xe8;
const JMP_REL32 = 0xe9;

/**
 * The function a goroutine's start function stands for: what a wrapper calls where that is one function, else itself. A
 * wrapper into which calls were inlined stays itself: what it still calls is not what was started.
 */
export function startedFunction(elf: ElfFile, table: FunctionTable, start: TableFunction): TableFunction {
  if (!isWrapper(start) || start.hasInlined) return start;
  const called = calledFunctions(elf, table, start);
  const [first] = called;
  return first !== undefined && called.length === 1 ? first : start;
}

function isWrapper({ name, kind }: TableFunction): boolean {
  return ALWAYS_WRAPPER.test(name) || (kind !== 0 && MAYBE_WRAPPER.test(name));
}

/** Each function once; those of the runtime aside, that any function calls (morestack, write barriers). */
function calledFunctions(elf: ElfFile, table: FunctionTable, from: TableFunction): readonly TableFunction[] {
  const code = readAddress(elf, from.entry, Math.min(from.end - from.entry, LONGEST_WRAPPER));
  if (code === null) return [];
  const entries = new Set(
    elf.machine === Machine.aarch64 ? targetsArm64(code, from.entry) : targetsAmd64(code, from.entry),
  );
  const called = [...entries].map((entry) => startingAt(table, entry)).filter((one) => one !== null);
  return called.filter((one) => !one.name.startsWith('runtime.') && one.index !== from.index);
}

/** Read at every byte, as if each began an instruction: what is none hardly ever hits a function's first byte. */
function* targetsAmd64(code: Buffer, address: number): Generator<number> {
  for (let at = 0; at + 5 <= code.length; at += 1) {
    if (code[at] === CALL_REL32 || code[at] === JMP_REL32) yield address + at + 5 + code.readInt32LE(at + 1);
  }
}

/** BL imm26 (0x94000000) and B imm26 (0x14000000), of the Arm Architecture Reference Manual. */
function* targetsArm64(code: Buffer, address: number): Generator<number> {
  for (let at = 0; at + 4 <= code.length; at += 4) {
    const instruction = code.readUInt32LE(at);
    if (((instruction >>> 26) & 0x1f) === 5) yield address + at + ((instruction << 6) >> 6) * 4;
  }
}

function startingAt(table: FunctionTable, entry: number): TableFunction | null {
  const found = table.find(entry);
  return found?.entry === entry ? found : null;
}
