import { createRequire } from 'node:module';
import blessed from 'blessed';
import { FrameTimer } from './frames.js';
import type { Glyphs } from './glyphs.js';
import { type Area, type CellGrid, paint, type ScreenCell } from './painter.js';
import type { Line } from './styled.js';
import { forEightColours, type PlotColour, withoutColour } from './tones.js';
import { terminalTraits } from './traits.js';

/** A key as the action list names it: `q`, `<`, `C-c`, `pageup`, `enter`; `text` is what it types, if anything. */
export interface KeyPress {
  readonly name: string;
  readonly text: string | null;
}

/** A plot of dots, two a column and four a row: heights of 0 to 1 from left to right, null where nothing is known. */
export interface Plot {
  readonly area: Area;
  readonly heights: readonly (number | null)[];
  readonly colour: PlotColour;
}

/** A part of the screen and what stands in it. */
export interface Placed {
  readonly area: Area;
  readonly lines: readonly Line[];
  readonly plots?: readonly Plot[];
}

export interface TerminalOptions {
  readonly input?: NodeJS.ReadableStream | undefined;
  readonly output?: NodeJS.WritableStream | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Called for every frame, also when the size changed; must do no I/O. */
  readonly frame: (width: number, height: number, glyphs: Glyphs) => readonly Placed[];
  readonly onKey: (key: KeyPress) => void;
}

export interface Terminal {
  /** Something has changed: draws a frame soon. The first one is drawn unasked. */
  request(): void;
  /** Gives the terminal back as it was found; may be called more than once and from any handler. */
  destroy(): void;
}

/**
 * Takes over the terminal: alternate screen, raw keys, no mouse. Signals and uncaught exceptions stay the caller's; only
 * at process exit does a screen still open restore itself.
 * @throws FaultscopeError on a terminal that cannot show a screen
 */
export function openTerminal(options: TerminalOptions): Terminal {
  const { terminal, glyphs, colour } = terminalTraits(options.env);
  const screen = openScreen(options, terminal, glyphs.unicode);
  const plots = new PlotWidgets(screen);
  const recolour = recolouring(colour, screen.tput.colors);

  const drawLine = screen.draw.bind(screen);
  screen.draw = (start, end) => {
    if (recolour !== null) for (const row of screen.lines) for (const cell of row) cell[0] = recolour(cell[0]);
    drawLine(start, end);
  };
  const canvas = blessed.box({ top: 0, left: 0, width: '100%', height: '100%' });
  const uncertain = { before: new Set<number>() };
  const render = () => {
    const placed = options.frame(screen.cols, screen.rows, glyphs);
    uncertain.before = drawFrame(screen, placed, glyphs.unicode, uncertain.before);
    plots.show(placed.flatMap((panel) => panel.plots ?? []));
  };
  Object.assign(canvas, { render });
  screen.prepend(canvas);
  screen.program.on('keypress', (text: string | undefined, key: BlessedKey) => {
    const press = keyPress(text, key);
    if (press !== null) options.onKey(press);
  });
  const frames = new FrameTimer(() => screen.render());
  frames.request();
  return {
    request: () => frames.request(),
    destroy: () => {
      frames.stop();
      if (!screen.destroyed) screen.destroy();
    },
  };
}

interface BlessedKey {
  readonly full: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

type ScreenRow = ScreenCell[] & { dirty: boolean };

/** What blessed 0.1.81 really has, where its typings say nothing or something else. */
interface Screen
  extends Omit<blessed.Widgets.Screen, 'program' | 'tput' | 'lines' | 'olines' | 'draw' | 'cols' | 'rows'> {
  readonly program: NodeJS.EventEmitter;
  readonly tput: { brokenACS: boolean; readonly colors: number };
  readonly lines: ScreenRow[];
  readonly olines: ScreenCell[][];
  readonly cols: number;
  readonly rows: number;
  /** The attribute word of an empty cell. */
  readonly dattr: number;
  readonly destroyed?: boolean;
  draw(start: number, end: number): void;
}

function openScreen({ input, output }: TerminalOptions, terminal: string, unicode: boolean): Screen {
  const settings = { input, output, terminal, forceUnicode: unicode, fullUnicode: false, warnings: false };
  const screen = withoutTmux(() => blessed.screen(settings as blessed.Widgets.IScreenOptions)) as unknown as Screen;
  leaveSignalsToCaller();
  // Line drawing is written as UTF-8 or as ASCII; the alternate character set is needed for neither.
  screen.tput.brokenACS = true;
  return screen;
}

/** blessed runs `tmux -V` where TMUX is set; a program run as root starts nothing it does not need. */
function withoutTmux<Result>(open: () => Result): Result {
  const { TMUX: tmux } = process.env;
  delete process.env.TMUX;
  try {
    return open();
  } finally {
    if (tmux !== undefined) process.env.TMUX = tmux;
  }
}

/** blessed's handlers swallow signals while others listen; its exit handler, which restores the screen, may stay. */
function leaveSignalsToCaller(): void {
  const { Screen: handlers } = blessed as unknown as { readonly Screen: Record<string, (...args: unknown[]) => void> };
  const owned: readonly (readonly [event: string, handler: string])[] = [
    ['uncaughtException', '_exceptionHandler'],
    ['SIGTERM', '_sigtermHandler'],
    ['SIGINT', '_sigintHandler'],
    ['SIGQUIT', '_sigquitHandler'],
  ];
  for (const [event, name] of owned) {
    const handler = handlers[name];
    if (handler !== undefined) process.removeListener(event, handler);
  }
}

/** How attributes must change for this terminal; null where they need not. */
function recolouring(colour: boolean, colours: number): ((attribute: number) => number) | null {
  if (!colour || !(colours >= 8)) return withoutColour;
  return colours < 16 ? forEightColours : null;
}

/** Writes a frame into the screen's cells; returns the rows on whose widths terminals may disagree. */
function drawFrame(screen: Screen, placed: readonly Placed[], unicode: boolean, before: Set<number>): Set<number> {
  const grid: CellGrid = { rows: screen.lines, uncertainRows: new Set(), unicode };
  for (const row of screen.lines) {
    row.dirty = true;
    for (const cell of row) {
      cell[0] = screen.dattr;
      cell[1] = ' ';
    }
  }
  for (const { area, lines } of placed) paint(grid, area, lines);
  for (const y of [...before, ...grid.uncertainRows]) {
    for (const cell of screen.olines[y] ?? []) cell[1] = '\0';
  }
  return grid.uncertainRows;
}

function keyPress(text: string | undefined, key: BlessedKey): KeyPress | null {
  // A carriage return comes twice, as `return` and as `enter`.
  if (key.full === 'return') return null;
  if (key.full === 'linefeed' || key.full === 'C-j') return { name: 'enter', text: null };
  const typed = text !== undefined && !key.ctrl && !key.meta && text >= ' ' && text !== '\x7f' ? text : null;
  return { name: typed === null || typed === ' ' ? key.full : typed, text: typed };
}

/** As many canvases as a frame has had plots; those it does not need are hidden. */
class PlotWidgets {
  readonly #screen: Screen;
  readonly #widgets: PlotWidget[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show(plots: readonly Plot[]): void {
    const before = this.#widgets.length;
    while (this.#widgets.length < plots.length) this.#widgets.push(new PlotWidget(this.#screen));
    for (const [index, widget] of this.#widgets.entries()) widget.show(plots[index]);
    // The screen is rendering its children: those added meanwhile it visits from the next frame on.
    for (const widget of this.#widgets.slice(before)) widget.render();
  }
}

/** blessed-contrib's canvas of braille dots, sized anew whenever its area changes (it keeps its first size by itself). */
class PlotWidget {
  readonly #canvas: ContribCanvas;
  #size = '';

  constructor(screen: Screen) {
    // Rows end in a colour sequence, which blessed would take for one column too many and wrap.
    // By itself it would belong to the screen that was opened last.
    const owner = { screen: screen as unknown as blessed.Widgets.Screen };
    this.#canvas = contribCanvas()({ ...owner, top: 0, left: 0, width: 2, height: 1, hidden: true, wrap: false });
    this.#canvas.calcSize = function calcSize() {
      this.canvasSize = { width: this.width * 2, height: this.height * 4 };
    };
    screen.append(this.#canvas);
  }

  render(): void {
    this.#canvas.render();
  }

  show(plot: Plot | undefined): void {
    const canvas = this.#canvas;
    canvas.hidden = plot === undefined;
    if (plot === undefined) return;
    const { left, top, width, height } = plot.area;
    Object.assign(canvas.position, { left, top, width, height });
    if (this.#size !== `${width}x${height}`) {
      this.#size = `${width}x${height}`;
      canvas.emit('attach');
    }
    drawHeights(canvas, plot);
  }
}

/** A dot column for each height; a known nought is one dot on the base line, without a colour; an unknown one is blank. */
function drawHeights({ ctx, canvasSize: { height } }: ContribCanvas, { heights, colour }: Plot): void {
  ctx.canvas.clear();
  const draw = (x: number, dots: number): void => {
    ctx.beginPath();
    ctx.moveTo(x, height - 1);
    ctx.lineTo(x, height - dots);
    ctx.stroke();
  };
  // Two dots share a character and its colour, which is the one drawn last.
  ctx.strokeStyle = 'white';
  for (const [x, share] of heights.entries()) if (share === 0) draw(x, 1);
  ctx.strokeStyle = colour;
  for (const [x, share] of heights.entries()) {
    if (share !== null && share > 0) draw(x, Math.max(1, Math.round(share * height)));
  }
}

interface ContribCanvas extends blessed.Widgets.BoxElement {
  calcSize(this: ContribCanvas): void;
  canvasSize: { width: number; height: number };
  readonly width: number;
  readonly height: number;
  readonly ctx: {
    strokeStyle: string;
    readonly canvas: { clear(): void };
    beginPath(): void;
    moveTo(x: number, y: number): void;
    lineTo(x: number, y: number): void;
    stroke(): void;
  };
}

/** The one widget of blessed-contrib that is used; its index would load thirty more, and a Markdown parser. */
function contribCanvas(): (options: blessed.Widgets.BoxOptions) => ContribCanvas {
  const require = createRequire(import.meta.url);
  return require('blessed-contrib/lib/widget/canvas.js');
}
