import { fstatSync, readSync } from 'node:fs';
import { ByteWindow } from './byte-window.js';
import type { Extent, FrameSource } from './frame-reader.js';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, MAX_PACKED_BYTES, readFrameHeader } from './frames.js';

/** Frames are rarely longer. */
const CHUNK_BYTES = 256 * 1024;

/** When the last frame of a recording ends, by its header; null where none is found. */
export function lastFrameNs({ fd, extents, isRing }: FrameSource): bigint | null {
  const newest = extents.at(-1);
  if (newest === undefined) return null;
  return isRing ? lastInSlot(fd, newest) : lastInFile(fd);
}

/** Behind the last frame of a slot there may be whole older ones: the numbers tell. */
function lastInSlot(fd: number, { start, end }: Extent): bigint | null {
  const window = new ByteWindow(fd);
  let last: ReturnType<typeof readFrameHeader> = null;
  for (let at = start; at + FRAME_HEADER_BYTES <= end; ) {
    const bytes = window.at(at, FRAME_HEADER_BYTES);
    const header = bytes.length < FRAME_HEADER_BYTES ? null : readFrameHeader(bytes);
    if (header === null || (last !== null && header.number !== last.number + 1)) break;
    last = header;
    at += FRAME_HEADER_BYTES + header.packedBytes;
  }
  return last?.atNs ?? null;
}

/** Looks no further from the end than the longest frame takes. */
function lastInFile(fd: number): bigint | null {
  const { size } = fstatSync(fd);
  const least = Math.max(0, size - MAX_PACKED_BYTES - FRAME_HEADER_BYTES);
  for (let end = size; end > least; end -= CHUNK_BYTES - FRAME_HEADER_BYTES) {
    const from = Math.max(least, end - CHUNK_BYTES);
    const bytes = Buffer.alloc(end - from);
    const found = lastHeader(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from)));
    if (found !== null) return found.atNs;
  }
  return null;
}

function lastHeader(bytes: Buffer): ReturnType<typeof readFrameHeader> {
  for (let at = bytes.lastIndexOf(FRAME_MAGIC); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(FRAME_MAGIC, at - 1)) {
    const header =
      at + FRAME_HEADER_BYTES > bytes.length ? null : readFrameHeader(bytes.subarray(at, at + FRAME_HEADER_BYTES));
    if (header !== null) return header;
  }
  return null;
}
