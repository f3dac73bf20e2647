import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * A file of /proc that may be long, in the pieces that the kernel hands out, one character a byte; it is closed when no
 * more is asked for. Throws what open(2) or read(2) fail with.
 */
export function* chunksOf(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return;
      yield buffer.toString('latin1', 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** The whole lines of text that comes in pieces; what no line feed ends is none. */
export function* linesOf(chunks: Iterable<string>): Generator<string> {
  let rest = '';
  for (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
