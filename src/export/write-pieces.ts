import type { FileHandle } from 'node:fs/promises';
import type { ExportPieces } from './exported-session.js';

/** Pieces may be single lines: what is written at once is at least this much, and a megabyte or two at most. */
const CHUNK_CHARACTERS = 1 << 18;

/** The same bytes in pieces that are worth a system call. */
export function* chunksOf(pieces: ExportPieces): Generator<Uint8Array> {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      if (text.length < CHUNK_CHARACTERS) continue;
    }
    if (text !== '') yield Buffer.from(text);
    text = '';
    if (typeof piece !== 'string') yield piece;
  }
  if (text !== '') yield Buffer.from(text);
}

/** Appends them to a file, as fast as it takes them. */
export async function writePieces(file: FileHandle, pieces: ExportPieces): Promise<number> {
  let bytes = 0;
  for (const chunk of chunksOf(pieces)) {
    await file.writeFile(chunk);
    bytes += chunk.byteLength;
  }
  return bytes;
}
