import { type ElfFile, Machine, readAddress } from '../elf/elf-file.js';
import { symbolValues } from '../elf/symbols.js';
import type { FunctionTable } from './function-table.js';
import type { GoAddress, GoVariable } from './types.js';
import { type MemoryOperand, ripOperands } from './x86-operands.js';

/** Functions longer than this are read in part. */
const LONGEST_FUNCTION = 64 * 1024;

/** More guesses than this are no help. */
const MOST_CANDIDATES = 4;

/**
 * Functions of package runtime that name a variable (proc.go of Go 1.17 to 1.27); not every version has all. The first
 * is the one that manages it.
 */
const USERS: Readonly<Record<GoVariable, readonly string[]>> = {
  gomaxprocs: [
    'procresize',
    'startTheWorldWithSema',
    'stopTheWorldWithSema',
    'GOMAXPROCS',
    'forEachP',
    'forEachPInternal',
    'schedtrace',
  ],
  allgs: ['allgadd'],
  allm: ['mcommoninit', 'schedtrace', 'mexit', 'checkdead', 'ThreadCreateProfile'],
  allp: ['procresize', 'retake', 'schedtrace', 'forEachP', 'forEachPInternal', 'checkdead'],
};

/** Where a variable of the runtime is: by its symbol, else, where symbols were stripped, from the code that uses it. */
export function findVariable(elf: ElfFile, table: FunctionTable | null, name: GoVariable): readonly GoAddress[] {
  const symbol = symbolValues(elf, [`runtime.${name}`]).get(`runtime.${name}`);
  if (symbol !== undefined) return [{ address: BigInt(symbol), source: 'symbol' }];
  if (table === null || elf.machine !== Machine.x86_64) return [];
  return guess(elf, table, name).map((address) => ({ address: BigInt(address), source: 'machine code' }));
}

/** Places in the data that look like the variable in the first function, those that most other users name in front. */
function guess(elf: ElfFile, table: FunctionTable, name: GoVariable): readonly number[] {
  const users = USERS[name].map((user) => operandsOf(elf, table, `runtime.${user}`)).filter((one) => one.length > 0);
  const [manager] = users;
  if (manager === undefined) return [];
  const votes = (address: number) => users.filter((operands) => operands.some((one) => one.address === address)).length;
  return [...new Set(manager.map((operand) => operand.address))]
    .filter((address) => LOOKS_LIKE[name](address, manager))
    .sort((a, b) => votes(b) - votes(a))
    .slice(0, MOST_CANDIDATES);
}

const LOOKS_LIKE: Readonly<Record<GoVariable, (address: number, operands: readonly MemoryOperand[]) => boolean>> = {
  gomaxprocs: (address, operands) => isUsed(operands, address, 'half'),
  allgs: isSlice,
  allp: isSlice,
  // Read, and its address taken for an atomic store.
  allm: (address, operands) => isUsed(operands, address, 'word') && isUsed(operands, address, 'address'),
};

/** Three words one after the other: pointer, length, capacity. */
function isSlice(address: number, operands: readonly MemoryOperand[]): boolean {
  return [0, 8, 16].every((offset) => isUsed(operands, address + offset, 'word'));
}

function isUsed(operands: readonly MemoryOperand[], address: number, kind: MemoryOperand['kind']): boolean {
  return operands.some((operand) => operand.address === address && operand.kind === kind);
}

function operandsOf(elf: ElfFile, table: FunctionTable, name: string): readonly MemoryOperand[] {
  return table.named(name).flatMap(({ entry, end }) => {
    const code = readAddress(elf, entry, Math.min(end - entry, LONGEST_FUNCTION));
    return code === null ? [] : [...ripOperands(code, entry)].filter(({ address }) => isVariable(elf, address));
  });
}

/** In memory that can be written, which the file may not hold: .bss. */
function isVariable(elf: ElfFile, address: number): boolean {
  return elf.segments.some(
    (one) => one.isLoad && one.isWritable && address >= one.address && address < one.address + one.memorySize,
  );
}
