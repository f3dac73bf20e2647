import type { FrameView } from '../model/stacks-view.js';

/** 1 for every frame that is looked for, by its place; what was found last is kept. */
export function matchingFrames(frames: readonly FrameView[], search: string): Uint8Array {
  if (found?.frames !== frames || found.search !== search) {
    const matches = matcher(search);
    found = { frames, search, matches: Uint8Array.from(frames, (frame) => (matches(frame) ? 1 : 0)) };
  }
  return found.matches;
}

let found: { frames: readonly FrameView[]; search: string; matches: Uint8Array } | undefined;

/**
 * By a regular expression or by part of the name, whichever fits: "main.(*Index)" is meant literally, and no valid
 * expression. A name beyond some length is that of a template, which its beginning tells.
 */
function matcher(search: string): (frame: FrameView) => boolean {
  if (search === '') return () => false;
  const part = search.toLowerCase();
  const expression = asExpression(search);
  const fits = (name: string): boolean => name.toLowerCase().includes(part) || expression?.test(name) === true;
  return ({ label, module, kernel }) => {
    const name = label.slice(0, LONGEST_NAME);
    return fits(kernel ? `${name}_[k]` : name) || (module !== null && fits(module));
  };
}

const LONGEST_NAME = 1000;

function asExpression(search: string): RegExp | null {
  try {
    return new RegExp(search, 'i');
  } catch {
    return null;
  }
}
