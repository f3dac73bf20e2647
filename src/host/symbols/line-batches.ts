import type { Slices } from './slices.js';

/** Longer lines are no lines of a list of functions. */
const LONGEST_LINE = 16 * 1024;

/** The whole lines of text that comes in pieces, some at a time; others get their turn in between. */
export async function* lineBatches(
  chunks: Iterable<string> | AsyncIterable<string>,
  slices: Slices,
): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) rest = '';
    yield lines;
    await slices.turn();
  }
}
