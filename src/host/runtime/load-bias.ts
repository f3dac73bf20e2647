import { auxiliaryValue, readAuxiliaryVector } from '../auxiliary-vector.js';
import { FileView } from '../elf/file-view.js';
import { parseHeader } from '../elf/header.js';

/** AT_ENTRY of getauxval(3). */
const AT_ENTRY = 9n;

/**
 * By how much a process's addresses are higher than those its executable was linked for: 0 but for position independent
 * ones. It is the entry point that the kernel handed over (AT_ENTRY in /proc/PID/auxv, set by create_elf_tables()) less
 * e_entry of the file. Null where the process is gone, is no 64-bit ELF program, or may not be looked at.
 */
export function loadBias(pid: number): bigint | null {
  const entry = linkedEntry(`/proc/${pid}/exe`);
  const vector = entry === null ? null : readAuxiliaryVector(pid);
  const loaded = vector === null ? null : auxiliaryValue(vector, AT_ENTRY);
  return entry === null || loaded === null ? null : loaded - entry;
}

function linkedEntry(path: string): bigint | null {
  const view = FileView.open(path);
  const header = view === null ? null : parseHeader(view);
  view?.close();
  return header?.is64 === true ? BigInt(header.entry) : null;
}
