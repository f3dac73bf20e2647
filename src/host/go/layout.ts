import { structMembers } from '../elf/dwarf-structs.js';
import type { ElfFile } from '../elf/elf-file.js';
import { layoutFromTable } from './layout-table.js';
import type { GoLayout } from './types.js';

/**
 * The offsets for a 64-bit executable: from its own DWARF, else from the table; null where neither has them. DWARF comes
 * first because it is right for toolchains that no table knows, too: patched ones and those under development.
 */
export function findLayout(elf: ElfFile, version: string): GoLayout | null {
  return layoutFromDwarf(elf) ?? layoutFromTable(version);
}

function layoutFromDwarf(elf: ElfFile): GoLayout | null {
  const structs = structMembers(elf, 'runtime', ['runtime.g', 'runtime.m', 'runtime.p']);
  const [g, m, p] = [structs.get('runtime.g'), structs.get('runtime.m'), structs.get('runtime.p')];
  if (g === undefined || m === undefined || p === undefined) return null;
  const layout = {
    g: pick(g, ['m', 'sched', 'atomicstatus', 'goid', 'startpc']),
    m: pick(m, ['g0', 'procid', 'mstartfn', 'curg', 'p', 'alllink']),
    p: pick(p, ['id', 'status']),
  };
  return layout.g === null || layout.m === null || layout.p === null
    ? null
    : { source: 'DWARF', g: layout.g, m: layout.m, p: layout.p };
}

/** These members' offsets; null where one is missing. */
function pick<Name extends string>(
  members: ReadonlyMap<string, number>,
  names: readonly Name[],
): Readonly<Record<Name, number>> | null {
  const found = names.map((name) => [name, members.get(name)] as const);
  return found.every(([, offset]) => offset !== undefined) ? (Object.fromEntries(found) as Record<Name, number>) : null;
}
