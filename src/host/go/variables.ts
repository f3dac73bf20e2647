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

/** The variables of the runtime, each looked for when it is asked for. */
export class Variables {
  readonly #elf: ElfFile;
  readonly #table: FunctionTable | null;
  #symbols: ReadonlyMap<string, number> | null = null;

  constructor(elf: ElfFile, table: FunctionTable | null) {
    this.#elf = elf;
    this.#table = table;
  }

  /** Where it is: by its symbol, else, where symbols were stripped, from the code that uses it. */
  find(name: GoVariable): readonly GoAddress[] {
    // All in one pass over a table that may be large.
    this.#symbols ??= symbolValues(this.#elf, Object.keys(USERS).map(symbolOf));
    const symbol = this.#symbols.get(symbolOf(name));
    if (symbol !== undefined) return [{ address: BigInt(symbol), source: 'symbol' }];
    if (this.#table === null || this.#elf.machine !== Machine.x86_64) return [];
    const places = guess(this.#elf, this.#table, name);
    return places.map((address) => ({ address: BigInt(address), source: 'machine code' }));
  }
}

function symbolOf(name: string): string {
  return `runtime.${name}`;
}

/** Places in the data that look like the variable in the first function, those that most other users name in front. */
function guess(elf: ElfFile, table: FunctionTable, name: GoVariable): readonly number[] {
  const users = USERS[name].map((user) => usesIn(elf, table, `runtime.${user}`)).filter((uses) => uses.size > 0);
  const [manager] = users;
  if (manager === undefined) return [];
  return [...manager.keys()]
    .filter((address) => LOOKS_LIKE[name](manager, address))
    .map((address) => ({ address, votes: users.filter((uses) => uses.has(address)).length }))
    .sort((a, b) => b.votes - a.votes)
    .slice(0, MOST_CANDIDATES)
    .map(({ address }) => address);
}

/** Address of a place in the data -> the ways in which a function uses it. */
type Uses = ReadonlyMap<number, ReadonlySet<MemoryOperand['kind']>>;

const LOOKS_LIKE: Readonly<Record<GoVariable, (uses: Uses, address: number) => boolean>> = {
  gomaxprocs: (uses, address) => isUsed(uses, address, 'half'),
  allgs: isSlice,
  allp: isSlice,
  // Read, and its address taken for an atomic store.
  allm: (uses, address) => isUsed(uses, address, 'word') && isUsed(uses, address, 'address'),
};

/** Three words one after the other: pointer, length, capacity. */
function isSlice(uses: Uses, address: number): boolean {
  return [0, 8, 16].every((offset) => isUsed(uses, address + offset, 'word'));
}

function isUsed(uses: Uses, address: number, kind: MemoryOperand['kind']): boolean {
  return uses.get(address)?.has(kind) ?? false;
}

function usesIn(elf: ElfFile, table: FunctionTable, name: string): Uses {
  const uses = new Map<number, Set<MemoryOperand['kind']>>();
  for (const { entry, end } of table.named(name)) {
    const code = readAddress(elf, entry, Math.min(end - entry, LONGEST_FUNCTION));
    if (code === null) continue;
    for (const { address, kind } of ripOperands(code, entry)) {
      if (isVariable(elf, address)) uses.set(address, (uses.get(address) ?? new Set()).add(kind));
    }
  }
  return uses;
}

/** In memory that can be written, which the file may not hold: .bss. */
function isVariable(elf: ElfFile, address: number): boolean {
  return elf.segments.some(
    (one) => one.isLoad && one.isWritable && address >= one.address && address < one.address + one.memorySize,
  );
}
