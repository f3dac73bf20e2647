import type { Span, Tone } from './styled.js';

/** The sixteen colours by their terminal numbers; red (1 and 9) is kept for a full stall. */
const BLACK = 0;
const GREEN = 2;
const YELLOW = 3;
const BLUE = 4;
const MAGENTA = 5;
const CYAN = 6;
const WHITE = 7;
const GREY = 8;
const BRIGHT_RED = 9;
const BRIGHT_GREEN = 10;
const BRIGHT_YELLOW = 11;
const BRIGHT_BLUE = 12;
const BRIGHT_MAGENTA = 13;
const BRIGHT_CYAN = 14;

const NO_COLOUR = 0x1ff;
const BOLD = 1;
const UNDERLINE = 2;
const INVERSE = 8;

interface Look {
  readonly colour?: number;
  readonly flags?: number;
}

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  faint: { colour: GREY },
  label: { colour: CYAN },
  strong: { flags: BOLD },
  title: { colour: BRIGHT_CYAN },
  warning: { colour: BRIGHT_YELLOW, flags: BOLD },
  fullStall: { colour: BRIGHT_RED, flags: BOLD },
  key: { flags: BOLD },
  chosen: { flags: INVERSE },
  sorted: { flags: BOLD | UNDERLINE },
  userFrame: { colour: YELLOW },
  kernelFrame: { colour: CYAN },
  foundFrame: { colour: BRIGHT_MAGENTA },
  onCpu: { colour: GREEN },
  runQueue: { colour: YELLOW },
  fault: { colour: BRIGHT_MAGENTA, flags: BOLD },
  'fault-other': { colour: MAGENTA },
  disk: { colour: BRIGHT_BLUE },
  lock: { colour: CYAN },
  net: { colour: BRIGHT_CYAN },
  stopped: { colour: BRIGHT_YELLOW },
  stolen: { colour: BRIGHT_GREEN },
  other: { colour: WHITE },
  poll: { colour: GREY },
  sleep: { colour: BLUE },
  parked: { colour: GREY },
};

/** blessed's attribute word: flags, foreground and background, nine bits each for the colours (Element.sattr). */
export function attributeOf(span: Omit<Span, 'text'>): number {
  const { colour, flags = 0 } = LOOKS[span.tone];
  if (span.filled && colour !== undefined) return attribute(0, BLACK, colour);
  return attribute(flags, colour ?? NO_COLOUR, NO_COLOUR);
}

/** The names of the first eight colours, as the canvas of blessed-contrib has them. */
const PLOT_COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type PlotColour = (typeof PLOT_COLOURS)[number];

/** A tone's colour for a plot, which has no bright ones. */
export function plotColour(tone: Tone): PlotColour {
  const { colour = WHITE } = LOOKS[tone];
  return PLOT_COLOURS[colour % PLOT_COLOURS.length] ?? 'white';
}

/** The same attribute without its colours; bold, underline and inverse stay. */
export function withoutColour(attr: number): number {
  return attr | attribute(0, NO_COLOUR, NO_COLOUR);
}

/** On a terminal of eight colours grey would turn to black, which is the background. */
export function forEightColours(attr: number): number {
  const foreground = (attr >> 9) & NO_COLOUR;
  return foreground === GREY ? attr | attribute(0, NO_COLOUR, 0) : attr;
}

function attribute(flags: number, foreground: number, background: number): number {
  return (flags << 18) | (foreground << 9) | background;
}
