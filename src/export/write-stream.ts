import type { Writable } from 'node:stream';
import { fileError } from './file-error.js';

/** Writes all of it to standard output, or throws a FaultscopeError. */
export function writeToStream(out: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(fileError('to standard output', error));
    // What the callback is told, the stream emits as well, a moment later; with nobody listening that would crash.
    out.once('error', fail);
    out.write(data, (error) => {
      if (error) return fail(error);
      out.off('error', fail);
      resolve();
    });
  });
}
