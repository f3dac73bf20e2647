import { ACTIONS, type ScreenId } from '../actions.js';
import { mostImportant } from '../importance.js';
import type { Panel } from '../scene.js';
import { type Line, span } from '../styled.js';

/** The answer to the last key, the filter being typed, or the keys of this screen. */
export const footer: Panel = ({ view }, width) => {
  if (view.filterBefore !== null) {
    return [
      [
        span(' filter: ', 'label'),
        span(view.query.filter, 'strong'),
        span(' ', 'chosen'),
        span('  Enter keeps it, Esc takes it back', 'label'),
      ],
    ];
  }
  return [view.message === null ? keysOf(view.screen, width) : [span(` ${view.message}`, 'strong')]];
};

/** The most important keys that fit, in the order of the list. */
function keysOf(screen: ScreenId, width: number): Line {
  const places = ACTIONS.flatMap(({ footer = [] }) => footer).filter(({ on }) => on.includes(screen));
  return mostImportant(places, width, ({ text }) => text.length + 2).flatMap(({ text }) => {
    const [key = '', ...words] = text.split(' ');
    return [span(` ${key}`, 'key'), span(` ${words.join(' ')} `, 'label')];
  });
}
