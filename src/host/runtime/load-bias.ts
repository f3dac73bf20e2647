import { closeSync, openSync, readSync } from 'node:fs';
import { FileView } from '../elf/file-view.js';
import { parseHeader } from '../elf/header.js';
import { isForbidden, isMissing } from '../system-error.js';

/** AT_ENTRY of getauxval(3). */
const AT_ENTRY = 9n;

/** Linux writes some twenty pairs of words. */
const LONGEST_VECTOR = 4096;

/**
 * By how much a process's addresses are higher than those its executable was linked for: 0 but for position independent
 * ones. It is the entry point that the kernel handed over (AT_ENTRY in /proc/PID/auxv, set by create_elf_tables()) less
 * e_entry of the file. Null where the process is gone, is no 64-bit ELF program, or may not be looked at.
 */
export function loadBias(pid: number): bigint | null {
  const entry = linkedEntry(`/proc/${pid}/exe`);
  const loaded = entry === null ? null : auxiliaryEntry(`/proc/${pid}/auxv`);
  return entry === null || loaded === null ? null : loaded - entry;
}

function linkedEntry(path: string): bigint | null {
  const view = FileView.open(path);
  const header = view === null ? null : parseHeader(view);
  view?.close();
  return header?.is64 === true ? BigInt(header.entry) : null;
}

function auxiliaryEntry(path: string): bigint | null {
  const vector = readVector(path);
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_ENTRY) return vector.readBigUInt64LE(at + 8);
  }
  return null;
}

/** None where it may not be read or is gone. */
function readVector(path: string): Buffer {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(LONGEST_VECTOR);
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isMissing(error) || isForbidden(error)) return Buffer.alloc(0);
    throw error;
  }
}
