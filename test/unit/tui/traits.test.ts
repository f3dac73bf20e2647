import { describe, expect, it } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { terminalTraits } from '../../../src/tui/traits.js';

describe('what is read from the environment', () => {
  it.each([
    'screen-256color',
    'tmux-256color',
    'alacritty',
    'vte-256color',
    'xterm-kitty',
    'foot',
    'st-256color',
    undefined,
  ])('treats TERM=%s like xterm', (term) => {
    expect(terminalTraits({ TERM: term }).terminal).toBe('xterm-256color');
  });

  it.each(['linux', 'vt100'])('leaves TERM=%s as it is', (term) => {
    expect(terminalTraits({ TERM: term }).terminal).toBe(term);
  });

  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LANG: 'C', LC_ALL: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '', LC_CTYPE: 'POSIX' }, false],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  ])('takes %j to show UTF-8: %s', (env, unicode) => {
    expect(terminalTraits(env).glyphs.unicode).toBe(unicode);
  });

  it('honours NO_COLOR unless it is empty', () => {
    expect([{ NO_COLOR: '1' }, { NO_COLOR: '' }, {}].map((env) => terminalTraits(env).colour)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('refuses a terminal that cannot move its cursor', () => {
    expect(() => terminalTraits({ TERM: 'dumb' })).toThrow(FaultscopeError);
  });
});
