import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { readProcFile } from '../proc-file.js';
import { parseStatus } from '../proc-status.js';
import { readVisible } from '../system-error.js';
import type { FileFunction } from './elf-functions.js';
import { lineBatches } from './line-batches.js';
import type { Slices } from './slices.js';

/** More than a large program compiles; the rest of such a file is left unread. */
const LONGEST = 128 * 1024 * 1024;
const PIECE = 256 * 1024;

/** What a perf map said of some addresses. */
export interface PerfMapReading {
  /** Which reading this was: another one for a file that has changed. */
  readonly version: string;
  readonly functions: ReadonlyMap<number, FileFunction>;
}

/** `START SIZE name`, in hex; the JVM writes 0x before the numbers. */
const LINE = /^(?:0x)?([0-9a-f]{1,16}) (?:0x)?([0-9a-f]{1,16}) (.+)$/;

/**
 * Code that a runtime has compiled and listed in /tmp/perf-PID.map (tools/perf/Documentation/jit-interface.txt of Linux),
 * as the process sees /tmp and its own PID. The file is the target's to write: it is read up to a size, line by strict
 * line, and only where the target's user or root owns it, as perf does it.
 */
export class PerfMap {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Which state the file is in; null where there is none to be believed. */
  async version(): Promise<string | null> {
    const file = await this.#open();
    await file?.handle.close();
    return file === null ? null : versionOf(file.stat);
  }

  /** By address; null where there is no file to be believed. A later line about the same code counts. */
  async find(addresses: readonly number[], slices: Slices): Promise<PerfMapReading | null> {
    const file = await this.#open();
    if (file === null) return null;
    const wanted = [...addresses].sort((a, b) => a - b);
    const functions = new Map<number, FileFunction>();
    try {
      for await (const lines of lineBatches(chunksOf(file.handle), slices)) {
        for (const line of lines) lookAt(line, wanted, functions);
      }
    } catch {
      // Cut short while it is read: what has been found stands.
    } finally {
      await file.handle.close();
    }
    return { version: versionOf(file.stat), functions };
  }

  async #open(): Promise<{ readonly handle: FileHandle; readonly stat: Stats } | null> {
    const text = readVisible(() => readProcFile(`/proc/${this.#pid}/status`));
    if (text === null) return null;
    const status = parseStatus(text);
    const ownPid = status.get('NSpid')?.split(/\s+/).at(-1) ?? String(this.#pid);
    const users = status.get('Uid')?.split(/\s+/).map(Number) ?? [];
    if (!/^\d+$/.test(ownPid)) return null;
    try {
      const path = `/proc/${this.#pid}/root/tmp/perf-${ownPid}.map`;
      const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      const stat = await handle.stat();
      if (stat.isFile() && (stat.uid === 0 || users.includes(stat.uid))) return { handle, stat };
      await handle.close();
    } catch {
      // None there, or none that may be read.
    }
    return null;
  }
}

function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}`;
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<string> {
  const buffer = Buffer.alloc(PIECE);
  for (let at = 0; at < LONGEST; ) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    // A character a byte: a piece may end within one.
    yield buffer.toString('latin1', 0, bytesRead);
  }
}

function lookAt(line: string, wanted: readonly number[], functions: Map<number, FileFunction>): void {
  const [, startText, sizeText, name] = LINE.exec(line) ?? [];
  if (startText === undefined || sizeText === undefined || name === undefined) return;
  const [start, size] = [Number.parseInt(startText, 16), Number.parseInt(sizeText, 16)];
  let [low, high] = [0, wanted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((wanted[middle] ?? 0) >= start) high = middle;
    else low = middle + 1;
  }
  for (let index = low; index < wanted.length; index += 1) {
    const address = wanted[index] ?? 0;
    if (address >= start + size) return;
    functions.set(address, { name: Buffer.from(name, 'latin1').toString('utf8'), start });
  }
}
