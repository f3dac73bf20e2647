import { gunzipSync } from 'node:zlib';
import { errnoOf } from '../errors.js';
import type { FaultscopeRecord } from '../record/record.js';
import { ByteWindow } from './byte-window.js';
import { DamagedError } from './decoder.js';
import {
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  type FrameHeader,
  type FrameKind,
  readFrameHeader,
} from './frames.js';
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

/**
 * All frames of a file that are whole, in order. What is damaged is skipped: reading goes on where the next frame begins.
 * A frame that is told again, or an older one, is damage too.
 */
export function* readFrames(fd: number, version: number, problems: FrameProblems): Generator<Frame> {
  const window = new ByteWindow(fd);
  let position = FILE_HEADER_BYTES;
  let next = 0;
  let latestNs: bigint | null = null;
  let isDamaged = false;
  let damagedBytes = 0;
  for (;;) {
    const bytes = window.at(position, FRAME_HEADER_BYTES);
    if (bytes.length === 0) break;
    const header = bytes.length === FRAME_HEADER_BYTES ? readFrameHeader(bytes) : null;
    const isNew = header !== null && header.number >= next;
    const records = header !== null && isNew ? recordsOf(window, position, header, version) : null;
    if (header !== null && records !== null) {
      if (isDamaged || header.number > next) problems.missing(header.number - next, latestNs, header.atNs);
      yield { kind: header.kind, records };
      isDamaged = false;
      next = header.number + 1;
      latestNs = header.atNs;
      position += FRAME_HEADER_BYTES + header.packedBytes;
      continue;
    }
    isDamaged = true;
    if (header !== null && isNew) damagedBytes += header.packedBytes + header.payloadBytes;
    const found = damagedBytes > MOST_DAMAGED_BYTES ? null : window.find(FRAME_MAGIC, position + 1);
    if (found === null) break;
    position = found;
  }
  if (isDamaged) problems.brokenOff(latestNs);
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
