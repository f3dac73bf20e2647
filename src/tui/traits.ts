import { ExitCode, FaultscopeError } from '../errors.js';
import { ASCII_GLYPHS, type Glyphs, UNICODE_GLYPHS } from './glyphs.js';

/** What the terminal can show, decided once from the environment. */
export interface TerminalTraits {
  /** The terminfo entry to use. */
  readonly terminal: string;
  readonly glyphs: Glyphs;
  readonly colour: boolean;
}

/**
 * Terminals that understand all of xterm's sequences, but whose own terminfo entries blessed cannot read or would show
 * eight colours with.
 */
const LIKE_XTERM =
  /^(xterm|screen|tmux|alacritty|vte|gnome|konsole|kitty|foot|wezterm|ghostty|contour|iterm|rxvt|st-|st$|putty|mintty)/;

/**
 * Reads TERM, the locale (LC_ALL before LC_CTYPE before LANG, as setlocale(3) does) and NO_COLOR (no-color.org: set and
 * not empty). The Linux console gets ASCII charts: its fonts have no braille and no eighth blocks.
 * @throws FaultscopeError (usage) on a terminal that cannot move its cursor
 */
export function terminalTraits(env: NodeJS.ProcessEnv): TerminalTraits {
  const term = (env.TERM ?? '').toLowerCase();
  if (term === 'dumb') {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'this terminal (TERM=dumb) cannot show a screen',
      hint: 'use --headless, or set TERM to what the terminal really is',
    });
  }
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const unicode = /utf-?8/i.test(locale) && !term.startsWith('linux');
  return {
    terminal: term === '' || LIKE_XTERM.test(term) ? 'xterm-256color' : term,
    glyphs: unicode ? UNICODE_GLYPHS : ASCII_GLYPHS,
    colour: !env.NO_COLOR,
  };
}
