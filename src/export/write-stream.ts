import type { Writable } from 'node:stream';
import type { ExportPieces } from './exported-session.js';
import { fileError } from './file-error.js';
import { Gathered } from './write-pieces.js';

/** Writes all of it to standard output, no faster than its reader takes it, or throws a FaultscopeError. Returns how many bytes. */
export async function writeToStream(out: Writable, pieces: ExportPieces): Promise<number> {
  const gathered = new Gathered();
  let bytes = 0;
  const write = async (chunk: Uint8Array): Promise<void> => {
    await writeChunk(out, chunk);
    bytes += chunk.byteLength;
  };
  for (const piece of pieces) {
    const chunk = gathered.add(piece);
    if (chunk !== null) await write(chunk);
  }
  await write(gathered.take());
  return bytes;
}

function writeChunk(out: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(fileError('to standard output', error));
    // What the callback is told, the stream emits as well, a moment later; with nobody listening that would crash.
    out.once('error', fail);
    out.write(chunk, (error) => {
      if (error) return fail(error);
      out.off('error', fail);
      resolve();
    });
  });
}
