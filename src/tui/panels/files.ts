import { titleText } from '../glyphs.js';

import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

export function filesLines(scene: Scene, width: number): readonly Line[] {
  return [[span(titleText('mapped files', width, scene.glyphs), 'title')]];
}
