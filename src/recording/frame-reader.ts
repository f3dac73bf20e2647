import { gunzipSync } from 'node:zlib';
import { errnoOf } from '../errors.js';
import type { FaultscopeRecord } from '../record/record.js';
import { ByteWindow } from './byte-window.js';
import { DamagedError } from './decoder.js';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, type FrameHeader, type FrameKind, readFrameHeader } from './frames.js';
import { readRecords } from './payload.js';

export interface Frame {
  readonly kind: FrameKind;
  readonly records: readonly FaultscopeRecord[];
}

/** What a reader hears of on the way. Times are those of the frames' latest records. */
export interface FrameProblems {
  /** So many frames are missing between these times; `null`: before the first one that is whole. */
  missing(frames: number, afterNs: bigint | null, untilNs: bigint): void;
  /** Nothing whole comes after this time, though the file goes on. */
  brokenOff(afterNs: bigint | null): void;
}

/** Frames that turn out to be damaged cost time: after so many bytes of them the rest is given up. */
const MOST_DAMAGED_BYTES = 256 * 2 ** 20;

/** A part of the file: it begins with a frame; `end` is exclusive. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** What is read, in the order in which it was written. */
export interface FrameSource {
  readonly fd: number;
  readonly version: number;
  readonly extents: readonly Extent[];
  /** Behind the last frame of an extent there may be older ones. */
  readonly isRing: boolean;
}

/**
 * All frames that are whole, in order. What is damaged is skipped: reading goes on where the next frame begins.
 * A frame that is told again, or an older one, is damage too, but for what a ring has left.
 */
export function* readFrames({ fd, version, extents, isRing }: FrameSource, problems: FrameProblems): Generator<Frame> {
  const window = new ByteWindow(fd);
  let next: number | null = isRing ? null : 0;
  let latestNs: bigint | null = null;
  let isDamaged = false;
  let damagedBytes = 0;
  for (const { start, end } of extents) {
    let position = start;
    if (isRing) isDamaged = false;
    while (position < end) {
      const bytes = window.at(position, Math.min(FRAME_HEADER_BYTES, end - position));
      if (bytes.length === 0) break;
      const header = bytes.length === FRAME_HEADER_BYTES ? readFrameHeader(bytes) : null;
      const behind = position + FRAME_HEADER_BYTES + (header?.packedBytes ?? 0);
      const isNew = header !== null && header.number >= (next ?? 0) && behind <= end;
      const records = header !== null && isNew ? recordsOf(window, position, header, version) : null;
      if (header !== null && records !== null) {
        const missing = header.number - (next ?? header.number);
        if ((isDamaged && !isRing) || missing > 0) problems.missing(missing, latestNs, header.atNs);
        yield { kind: header.kind, records };
        isDamaged = false;
        next = header.number + 1;
        latestNs = header.atNs;
        position = behind;
        continue;
      }
      isDamaged = true;
      if (header !== null && isNew) damagedBytes += header.packedBytes + header.payloadBytes;
      const found = damagedBytes > MOST_DAMAGED_BYTES ? null : window.find(FRAME_MAGIC, position + 1);
      if (found === null) break;
      position = found;
    }
  }
  if (isDamaged && !isRing) problems.brokenOff(latestNs);
}

/** The number of the frame that begins there; null where none does. */
export function numberAt(window: ByteWindow, position: number): number | null {
  const bytes = window.at(position, FRAME_HEADER_BYTES);
  return bytes.length === FRAME_HEADER_BYTES ? (readFrameHeader(bytes)?.number ?? null) : null;
}

/** Null where the frame is not whole. */
function recordsOf(
  window: ByteWindow,
  position: number,
  { packedBytes, payloadBytes }: FrameHeader,
  version: number,
): FaultscopeRecord[] | null {
  const packed = window.at(position + FRAME_HEADER_BYTES, packedBytes);
  if (packed.length < packedBytes) return null;
  try {
    const payload = gunzipSync(packed, { maxOutputLength: Math.max(1, payloadBytes) });
    return payload.length === payloadBytes ? readRecords(payload, version) : null;
  } catch (error) {
    // Nothing but what zlib says of bytes that are not its own, and what the decoder does.
    const code = errnoOf(error);
    if (error instanceof DamagedError || code === 'ERR_BUFFER_TOO_LARGE' || code?.startsWith('Z_')) return null;
    throw error;
  }
}
