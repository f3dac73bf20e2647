import { type ElfFile, Machine, openElf } from '../elf/elf-file.js';
import { type BuildInfo, readBuildInfo } from './build-info.js';
import { FunctionTable } from './function-table.js';
import { startedFunction } from './goroutine-start.js';
import { findLayout } from './layout.js';
import { findPcHeader } from './pc-header.js';
import { findTlsOffset } from './tls-slot.js';
import type { GoBinary } from './types.js';
import { Variables } from './variables.js';

/** The kernel maps whole pages; larger ones than these are aligned to in the file. */
const PAGE = 4096;

/**
 * What a Go executable says about itself; null where the file is none of Go 1.13 or later, is corrupt, or cannot be read.
 * Never throws. Close it after use.
 */
export function openGoBinary(path: string): GoBinary | null {
  const elf = openElf(path);
  if (elf === null) return null;
  const binary = describe(elf);
  if (binary === null) elf.view.close();
  return binary;
}

function describe(elf: ElfFile): GoBinary | null {
  const load = elf.segments.find((segment) => segment.isLoad);
  const code = elf.segments.filter((segment) => segment.isLoad && segment.isExecutable);
  const build = load === undefined || code.length === 0 ? null : readBuildInfo(elf);
  if (load === undefined || build === null) return null;
  const header = findPcHeader(elf);
  const table = header === null ? null : new FunctionTable(elf, header);
  const variables = new Variables(elf, table);
  return {
    version: build.version,
    cgo: build.cgo,
    machine: machineOf(elf),
    is64: elf.is64,
    pie: elf.isDynamic,
    loadAddress: BigInt(load.address - (load.address % PAGE)),
    codeAddress: BigInt(Math.min(...code.map((segment) => segment.address))),
    layout: layoutOf(elf, build),
    variable: (name) => variables.find(name),
    functionAt: (pc) => functionAt(elf, table, pc),
    entryOf: (name) => entryOf(table, name),
    tlsOffset: table === null ? null : bigintOrNull(findTlsOffset(elf, table)),
    close: () => elf.view.close(),
  };
}

function machineOf(elf: ElfFile): GoBinary['machine'] {
  if (!elf.is64) return 'other';
  if (elf.machine === Machine.x86_64) return 'x86_64';
  return elf.machine === Machine.aarch64 ? 'aarch64' : 'other';
}

function layoutOf(elf: ElfFile, build: BuildInfo): GoBinary['layout'] {
  return machineOf(elf) === 'other' ? null : findLayout(elf, build.version);
}

function functionAt(elf: ElfFile, table: FunctionTable | null, pc: bigint): ReturnType<GoBinary['functionAt']> {
  const found = table?.find(Number(pc)) ?? null;
  if (table === null || found === null) return null;
  const { name, entry } = startedFunction(elf, table, found);
  return { name, entry: BigInt(entry) };
}

function entryOf(table: FunctionTable | null, name: string): bigint | null {
  return bigintOrNull(table?.named(name)[0]?.entry ?? null);
}

function bigintOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}
