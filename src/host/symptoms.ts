import { closeSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import type { PressureTotals, SystemRecord } from '../record/record.js';
import { parseCpuLine } from './proc-cpu.js';
import { openProcFile, readOpenFile } from './proc-file.js';
import { parsePressure } from './proc-pressure.js';
import { parseStat } from './proc-stat.js';
import { readVisible } from './system-error.js';

/**
 * Reads what a process and its host use of the CPUs and wait for. Its four files stay open, so that a reading is four
 * system calls; the kept descriptor of the process is for that very process, whoever has its number later.
 */
export class SymptomReader {
  readonly #process: number | null;
  readonly #host: number | null;
  readonly #memoryPressure: number | null;
  readonly #ioPressure: number | null;

  constructor(pid: number, procRoot = '/proc') {
    this.#process = openProcFile(`${procRoot}/${pid}/stat`);
    this.#host = openProcFile(`${procRoot}/stat`);
    this.#memoryPressure = openPressure(`${procRoot}/pressure/memory`);
    this.#ioPressure = openPressure(`${procRoot}/pressure/io`);
  }

  /** One reading; null where the process has ended. */
  read(nowNs: () => bigint): SystemRecord | null {
    const atNs = nowNs();
    const stat = parseStat(readKept(this.#process));
    const host = parseCpuLine(readKept(this.#host));
    if (stat === null || host === null) return null;
    return {
      kind: 'system',
      atNs,
      userTicks: stat.userTicks,
      systemTicks: stat.systemTicks,
      host,
      memoryPressure: readPressure(this.#memoryPressure),
      ioPressure: readPressure(this.#ioPressure),
    };
  }

  close(): void {
    for (const fd of [this.#process, this.#host, this.#memoryPressure, this.#ioPressure]) {
      if (fd !== null) closeSync(fd);
    }
  }
}

function readKept(fd: number | null): string {
  return fd === null ? '' : (readOpenFile(fd) ?? '');
}

/** Null where the kernel has no PSI, or keeps it from us. */
function openPressure(path: string): number | null {
  return orNullWithoutPsi(() => openProcFile(path));
}

function readPressure(fd: number | null): PressureTotals | null {
  return orNullWithoutPsi(() => parsePressure(readKept(fd)));
}

/** A kernel booted with psi=0 may show the files and answer EOPNOTSUPP (kernel/sched/psi.c psi_show()). */
function orNullWithoutPsi<T>(read: () => T): T | null {
  try {
    return readVisible(read);
  } catch (error) {
    if (errnoOf(error) === 'EOPNOTSUPP') return null;
    throw error;
  }
}
