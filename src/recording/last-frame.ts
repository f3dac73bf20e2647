import { fstatSync, readSync } from 'node:fs';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, MAX_PACKED_BYTES, readFrameHeader } from './frames.js';

/** Frames are rarely longer. */
const CHUNK_BYTES = 256 * 1024;

/** When the last frame of a file ends, by its header; null where none is found in the room that the longest frame takes. */
export function lastFrameNs(fd: number): bigint | null {
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
