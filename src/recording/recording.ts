import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { ExitCode, errnoOf, FaultscopeError } from '../errors.js';
import type { FaultscopeRecord, SessionRecord } from '../record/record.js';
import { formatClock } from '../text/units.js';
import { type FrameProblems, readFrames } from './frame-reader.js';
import { FILE_HEADER_BYTES, versionIn } from './frames.js';
import { Kept } from './kept.js';
import { FORMAT_VERSION } from './shapes.js';

export interface Recording {
  /** The first record; for a recording that began in mid-session, rewritten to when it began. */
  readonly session: SessionRecord;
  /**
   * All records, the session record first, anew at each call. Each batch ends with a tick, the last one with the end (or what
   * there is of it); a moment of more than a megabyte comes in several batches. Frames that are damaged are left out:
   * what is counted goes on from the next reading, because it is told as sums since the beginning, and what comes one by
   * one (single faults, stalls) is missing for that time.
   */
  batches(): Iterable<readonly FaultscopeRecord[]>;
  /** How far it can be trusted, in sentences: cut off, damaged. Complete once batches() has been iterated to its end. */
  readonly warnings: readonly string[];
  close(): void;
}

/** Throws FaultscopeError (exit 2): no recording, of a newer version, unreadable. */
export function openRecording(path: string): Recording {
  const fd = openFile(path);
  try {
    return new RecordingFile(path, fd, versionOf(path, fd));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

class RecordingFile implements Recording {
  readonly session: SessionRecord;
  readonly #fd: number;
  readonly #version: number;
  #warnings: Warnings;

  constructor(path: string, fd: number, version: number) {
    this.#fd = fd;
    this.#version = version;
    this.#warnings = new Warnings(0n);
    this.session = this.#firstRecord(path);
  }

  get warnings(): readonly string[] {
    return this.#warnings.list();
  }

  *batches(): Generator<readonly FaultscopeRecord[], void> {
    const warnings = new Warnings(this.session.atNs);
    this.#warnings = warnings;
    const kept = new Kept();
    let last: FaultscopeRecord | undefined;
    for (const { records } of readFrames(this.#fd, this.#version, warnings)) {
      if (!records.every((record) => kept.add(record))) return warnings.isTooMuch(last);
      yield records;
      last = records.at(-1);
    }
    if (last?.kind !== 'end') warnings.hasNoEnd();
  }

  close(): void {
    closeSync(this.#fd);
  }

  #firstRecord(path: string): SessionRecord {
    for (const { records } of readFrames(this.#fd, this.#version, this.#warnings)) {
      const [first] = records;
      if (first?.kind === 'session') return first;
      throw unreadable(`the beginning of ${path} is damaged`, 'nothing can be made of the rest');
    }
    throw unreadable(`nothing is recorded in ${path}`, 'it was ended or damaged before its first moment was whole');
  }
}

/** More than these say nothing new. */
const MOST_GAPS = 10;

class Warnings implements FrameProblems {
  readonly #startNs: bigint;
  readonly #gaps: string[] = [];
  #moreGaps = 0;
  #end: string | null = null;

  constructor(startNs: bigint) {
    this.#startNs = startNs;
  }

  list(): string[] {
    const more = this.#moreGaps === 0 ? [] : [`it is damaged in ${this.#moreGaps} more places`];
    return [...this.#gaps, ...more, ...(this.#end === null ? [] : [this.#end])];
  }

  missing(frames: number, afterNs: bigint | null, untilNs: bigint): void {
    if (this.#gaps.length >= MOST_GAPS) {
      this.#moreGaps += 1;
      return;
    }
    const moments = frames === 1 ? 'one moment is' : `${frames} moments are`;
    const span = `between ${this.#clock(afterNs)} and ${this.#clock(untilNs)}`;
    this.#gaps.push(
      frames === 0
        ? `it is damaged at ${this.#clock(afterNs)}: nothing is missing`
        : `${moments} missing ${span}: damaged; counts and sums go on, single faults and stalls of that time are lost`,
    );
  }

  brokenOff(afterNs: bigint | null): void {
    this.#end = `it breaks off after ${this.#clock(afterNs)}: what follows is damaged or cut off`;
  }

  isTooMuch(last: FaultscopeRecord | undefined): void {
    const at = this.#clock(last !== undefined && 'atNs' in last ? last.atNs : null);
    this.#end = `it is read up to ${at} only: it tells of more threads, files or functions than any session has`;
  }

  hasNoEnd(): void {
    this.#end ??= 'it has no end: the recorder was killed, or is still at work';
  }

  #clock(atNs: bigint | null): string {
    return formatClock(atNs === null ? 0 : Math.max(0, Number(atNs - this.#startNs)));
  }
}

/** Only what is a file: a pipe or a device may never end. */
function openFile(path: string): number {
  try {
    if (!statSync(path).isFile()) throw notRegular(path);
    // Somebody may put a pipe in its place meanwhile, which must not make us wait for its writer.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    throw notRegular(path);
  } catch (error) {
    if (error instanceof FaultscopeError) throw error;
    throw openError(path, error);
  }
}

function versionOf(path: string, fd: number): number {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  const length = readSync(fd, header, 0, FILE_HEADER_BYTES, 0);
  const version = versionIn(header.subarray(0, length));
  if (version === null) throw unreadable(`${path} is no recording`, 'name a file that faultscope record has made');
  if (!(version >= 1)) throw unreadable(`the beginning of ${path} is damaged`, 'nothing can be made of the rest');
  if (version <= FORMAT_VERSION) return version;
  throw unreadable(
    `${path} was recorded by a newer faultscope (format ${version}; this one reads up to ${FORMAT_VERSION})`,
    'update faultscope',
  );
}

function notRegular(path: string): FaultscopeError {
  return unreadable(`${path} is not a regular file`, 'name a file that faultscope record has made');
}

function openError(path: string, error: unknown): FaultscopeError {
  const code = errnoOf(error) ?? String(error);
  if (code === 'ENOENT') return unreadable(`there is no file ${path}`, 'check its name', error);
  if (code === 'EACCES') return unreadable(`no permission to read ${path}`, 'ask whom it belongs to', error);
  return unreadable(`cannot read ${path}: the system says ${code}`, 'check its name and its disk', error);
}

function unreadable(message: string, hint: string, cause?: unknown): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message, hint, cause });
}
