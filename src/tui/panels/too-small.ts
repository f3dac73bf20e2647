import { type Line, span } from '../styled.js';

export const MIN_WIDTH = 60;
export const MIN_HEIGHT = 16;

/** What stands on a terminal that has no room for the screen. */
export function tooSmall(width: number, height: number): Line[] {
  return [
    [span('too small', 'strong')],
    [span(`needs ${MIN_WIDTH}x${MIN_HEIGHT}, has ${width}x${height}`)],
    [span('enlarge it, or q to quit', 'label')],
  ];
}
