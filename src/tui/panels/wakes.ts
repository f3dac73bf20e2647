import { absentSet } from '../absent-set.js';
import { titleText } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

export function wakeLines(scene: Scene, width: number): readonly Line[] {
  return [[span(titleText('wakers', width, scene.glyphs), 'title')], ...absentSet(scene.snapshot, 'wakers', width)];
}
