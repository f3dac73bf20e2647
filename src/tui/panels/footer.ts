import { ACTIONS_IN, type Mode, type ScreenId } from '../actions.js';
import { mostImportant } from '../importance.js';
import { modeOf, type Panel } from '../scene.js';
import { typedText } from '../state.js';
import { type Line, span } from '../styled.js';

/** The answer to the last key, the filter being typed, or the keys of this screen. */
export const footer: Panel = (scene, width) => {
  const { view } = scene;
  if (view.filterBefore !== null) {
    return [
      [
        span(view.screen === 'flames' ? ' search: ' : ' filter: ', 'label'),
        span(typedText(view), 'strong'),
        span(' ', 'chosen'),
        span('  Enter keeps it, Esc takes it back', 'label'),
      ],
    ];
  }
  return [view.message === null ? keysOf(view.screen, modeOf(scene), width) : [span(` ${view.message}`, 'strong')]];
};

/** The most important keys that fit, in the order of the list. */
function keysOf(screen: ScreenId, mode: Mode, width: number): Line {
  const places = ACTIONS_IN[mode].flatMap(({ footer: own = [] }) => own).filter(({ on }) => on.includes(screen));
  return mostImportant(places, width, ({ text }) => text.length + 2).flatMap(({ text }) => {
    const [key = '', ...words] = text.split(' ');
    return [span(` ${key}`, 'key'), span(` ${words.join(' ')} `, 'label')];
  });
}
