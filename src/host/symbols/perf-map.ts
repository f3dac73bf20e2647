import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { monotonicNs } from '../clock.js';
import { readProcFile } from '../proc-file.js';
import { parseStatus } from '../proc-status.js';
import { holdInRoot } from '../root-file.js';
import { readVisible } from '../system-error.js';
import type { FileFunction } from './elf-functions.js';
import { lineBatches } from './line-batches.js';
import type { Slices } from './slices.js';

/** More than a large program compiles; the rest of such a file is left unread. */
const LONGEST = 128 * 1024 * 1024;
const PIECE = 256 * 1024;
/** Of a name; templates and signatures may be long. */
const LONGEST_NAME = 2048;
/** Code is compiled anew now and then. A map that has this many lines for the addresses asked about is nonsense from there on. */
const MOST_HITS = 1_000_000;
/** It is read no more than a quarter of the time, however fast it changes. */
const COST_FACTOR = 4n;

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
 * line, and only where the target's user or root owns it and it is no link, as perf does it.
 */
export class PerfMap {
  readonly #pid: number;
  readonly #nowNs: () => bigint;
  #nextNs = 0n;

  constructor(pid: number, nowNs: () => bigint = monotonicNs) {
    this.#pid = pid;
    this.#nowNs = nowNs;
  }

  /** Which state the file is in; null where there is none to be believed. */
  async version(): Promise<string | null> {
    const file = await this.#open();
    await file?.handle.close();
    return file === null ? null : versionOf(file.stat);
  }

  /**
   * By address; null where there is no file to be believed, or it is too soon to read it again. A later line about the
   * same code counts.
   */
  async find(addresses: readonly number[], slices: Slices): Promise<PerfMapReading | null> {
    const beganNs = this.#nowNs();
    const file = beganNs < this.#nextNs ? null : await this.#open();
    if (file === null) return null;
    const search = new Search(addresses);
    try {
      for await (const lines of lineBatches(chunksOf(file.handle), slices)) {
        for (const line of lines) search.lookAt(line);
        if (search.hits > MOST_HITS) break;
      }
    } catch {
      // Cut short while it is read: what has been found stands.
    } finally {
      await file.handle.close();
    }
    const endedNs = this.#nowNs();
    this.#nextNs = endedNs + (endedNs - beganNs) * COST_FACTOR;
    return { version: versionOf(file.stat), functions: search.functions() };
  }

  async #open(): Promise<{ readonly handle: FileHandle; readonly stat: Stats } | null> {
    const text = readVisible(() => readProcFile(`/proc/${this.#pid}/status`));
    if (text === null) return null;
    const status = parseStatus(text);
    const ownPid = status.get('NSpid')?.split(/\s+/).at(-1) ?? String(this.#pid);
    const users = status.get('Uid')?.split(/\s+/).map(Number) ?? [];
    if (!/^\d+$/.test(ownPid)) return null;
    const held = holdInRoot(this.#pid, `/tmp/perf-${ownPid}.map`, { followLast: false });
    if (held === null) return null;
    try {
      const handle = await open(held.path);
      const stat = await handle.stat();
      if (stat.uid === 0 || users.includes(stat.uid)) return { handle, stat };
      await handle.close();
    } catch {
      // None that may be read.
    } finally {
      held.close();
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

/** For each of a handful of addresses, the last line that is about it. */
class Search {
  /** In order. */
  readonly #wanted: Float64Array;
  readonly #found = new Map<number, FileFunction>();
  hits = 0;

  constructor(addresses: readonly number[]) {
    this.#wanted = Float64Array.from(new Set(addresses)).sort();
  }

  lookAt(line: string): void {
    const [, startText, sizeText, name] = LINE.exec(line) ?? [];
    if (startText === undefined || sizeText === undefined || name === undefined) return;
    const [start, size] = [Number.parseInt(startText, 16), Number.parseInt(sizeText, 16)];
    let [low, high] = [0, this.#wanted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#wanted[middle] ?? 0) >= start) high = middle;
      else low = middle + 1;
    }
    const one = { name, start };
    for (let index = low; index < this.#wanted.length && this.hits <= MOST_HITS; index += 1) {
      const address = this.#wanted[index] ?? 0;
      if (address >= start + size) return;
      this.#found.set(address, one);
      this.hits += 1;
    }
  }

  functions(): ReadonlyMap<number, FileFunction> {
    const names = new Map<FileFunction, FileFunction>();
    for (const one of this.#found.values()) {
      const name = Buffer.from(one.name.slice(0, LONGEST_NAME), 'latin1').toString('utf8');
      names.set(one, { name, start: one.start });
    }
    return new Map(Array.from(this.#found, ([address, one]) => [address, names.get(one) ?? one]));
  }
}
