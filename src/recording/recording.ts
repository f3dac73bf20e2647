import { closeSync, readSync } from 'node:fs';
import { keepHeapLean } from '../lean-heap.js';
import { SessionWindow } from '../model/session-window.js';
import type { FaultscopeRecord, SessionRecord } from '../record/record.js';
import { formatClock } from '../text/units.js';
import { type FrameProblems, type FrameSource, readFrames } from './frame-reader.js';
import { FILE_HEADER_BYTES, versionIn } from './frames.js';
import { fromKeyframe } from './from-keyframe.js';
import { Kept } from './kept.js';
import { lastFrameNs } from './last-frame.js';
import { type OpenedFile, openFile, unreadable } from './opened-file.js';
import { extentsOf } from './ring-extents.js';
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
  /** When it ends, as far as that is told without reading it; null where it is not. */
  readonly endNs: bigint | null;
  /** How far it can be trusted, in sentences: cut off, damaged. Complete once batches() has been iterated to its end. */
  readonly warnings: readonly string[];
  close(): void;
}

/** Throws FaultscopeError (exit 2): no recording, of a newer version, unreadable. */
export function openRecording(path: string): Recording {
  return readRecording(openFile(path));
}

/** The same of a file that is open, and is closed with the recording, or where it is none. */
export function readRecording({ path, fd }: OpenedFile): Recording {
  keepHeapLean();
  try {
    return new RecordingFile(path, fd, headerOf(path, fd));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

class RecordingFile implements Recording {
  readonly session: SessionRecord;
  readonly endNs: bigint | null;
  readonly #source: FrameSource;
  #warnings: Warnings;

  constructor(path: string, fd: number, header: Buffer) {
    this.#warnings = new Warnings(new SessionWindow(0n));
    const { source, session } = this.#begin(path, { fd, version: header.readUInt32LE(8), ...extentsOf(fd, header) });
    this.#source = source;
    this.session = session;
    this.endNs = lastFrameNs(source);
  }

  get warnings(): readonly string[] {
    return this.#warnings.list();
  }

  *batches(): Generator<readonly FaultscopeRecord[], void> {
    const window = new SessionWindow(this.session.atNs);
    const warnings = new Warnings(window);
    this.#warnings = warnings;
    const kept = new Kept(this.session.atNs);
    let last: FaultscopeRecord | undefined;
    for (const records of fromKeyframe(readFrames(this.#source, warnings))) {
      if (!records.every((record) => kept.add(record))) return warnings.isTooMuch(last);
      for (const record of records) window.apply(record);
      yield records;
      last = records.at(-1);
    }
    if (last?.kind !== 'end') warnings.hasNoEnd();
  }

  close(): void {
    closeSync(this.#source.fd);
  }

  /** Of a ring the oldest part may be half overwritten: it begins with the first one that is whole. */
  #begin(path: string, source: FrameSource): { readonly source: FrameSource; readonly session: SessionRecord } {
    let isEmpty = true;
    for (let skipped = 0; skipped === 0 || skipped < source.extents.length; skipped += 1) {
      const rest = { ...source, extents: source.extents.slice(skipped) };
      const [records] = fromKeyframe(readFrames(rest, this.#warnings));
      const first = records?.[0];
      if (first?.kind === 'session') return { source: rest, session: first };
      isEmpty &&= first === undefined;
    }
    if (!isEmpty) throw unreadable(`the beginning of ${path} is damaged`, 'nothing can be made of the rest');
    throw unreadable(`nothing is recorded in ${path}`, 'it was ended or damaged before its first moment was whole');
  }
}

/** More than these say nothing new. */
const MOST_GAPS = 10;

interface Gap {
  readonly frames: number;
  readonly afterNs: bigint | null;
  readonly untilNs: bigint;
}

/** Tells times as screens and exports do: since the window began. */
class Warnings implements FrameProblems {
  readonly #window: SessionWindow;
  /** As they came: where the window begins may be told after one of them. */
  readonly #gaps: Gap[] = [];
  #moreGaps = 0;
  #end: string | null = null;

  constructor(window: SessionWindow) {
    this.#window = window;
  }

  list(): string[] {
    const more = this.#moreGaps === 0 ? [] : [`it is damaged in ${this.#moreGaps} more places`];
    return [...this.#gaps.map((gap) => this.#gapText(gap)), ...more, ...(this.#end === null ? [] : [this.#end])];
  }

  missing(frames: number, afterNs: bigint | null, untilNs: bigint): void {
    if (this.#gaps.length < MOST_GAPS) this.#gaps.push({ frames, afterNs, untilNs });
    else this.#moreGaps += 1;
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

  #gapText({ frames, afterNs, untilNs }: Gap): string {
    if (frames === 0) return `it is damaged at ${this.#clock(afterNs)}: nothing is missing`;
    const moments = frames === 1 ? 'one moment is' : `${frames} moments are`;
    const span = `between ${this.#clock(afterNs)} and ${this.#clock(untilNs)}`;
    return `${moments} missing ${span}: damaged; counts and sums go on, single faults and stalls of that time are lost`;
  }

  #clock(atNs: bigint | null): string {
    return formatClock(atNs === null ? 0 : this.#window.sinceStart(atNs));
  }
}

/** Throws where it is none of a recording that we can read. */
function headerOf(path: string, fd: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  const length = readSync(fd, header, 0, FILE_HEADER_BYTES, 0);
  const version = versionIn(header.subarray(0, length));
  if (version === null) throw unreadable(`${path} is no recording`, 'name a file that faultscope record has made');
  if (!(version >= 1)) throw unreadable(`the beginning of ${path} is damaged`, 'nothing can be made of the rest');
  if (version <= FORMAT_VERSION) return header;
  throw unreadable(
    `${path} was recorded by a newer faultscope (format ${version}; this one reads up to ${FORMAT_VERSION})`,
    'update faultscope',
  );
}
