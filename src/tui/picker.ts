import type { ProcessRow, ProcessSource } from '../host/processes.js';
import { safeText } from '../text/safe.js';
import type { Glyphs } from './glyphs.js';
import { chosenId, LIST_TOP, type ListState, type Move, move } from './list.js';
import { PICKER_EDGE_ROWS, processList } from './panels/processes.js';
import { type KeyPress, openTerminal, type Placed, type Terminal } from './widgets.js';

export interface PickerOptions {
  readonly processes: ProcessSource;
  /** Default: the process's own. */
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
  /** Leaves at once when it is aborted, as if the reader had. */
  readonly signal: AbortSignal;
}

/**
 * Lets the reader pick a process, live, the worst first; null if they leave. The terminal is restored either way.
 * @throws FaultscopeError (usage) on a terminal that cannot show a screen
 */
export async function openPicker(options: PickerOptions): Promise<number | null> {
  return new Promise((resolve, reject) => {
    try {
      new Picker(options, resolve);
    } catch (error) {
      reject(error);
    }
  });
}

const MOVES: Readonly<Record<string, Move>> = {
  up: 'up',
  down: 'down',
  pageup: 'page-up',
  pagedown: 'page-down',
  home: 'home',
  end: 'end',
};

class Picker {
  readonly #processes: ProcessSource;
  readonly #resolve: (pid: number | null) => void;
  readonly #terminal: Terminal;
  readonly #unsubscribe: () => void;
  #list: ListState = LIST_TOP;
  #filter = '';
  #typing = false;
  /** The rows as the reader sees them: Enter takes one of these. */
  #shown: readonly string[] = [];
  #rowsShown = 1;

  constructor({ processes, input, output, env, signal }: PickerOptions, resolve: (pid: number | null) => void) {
    this.#processes = processes;
    this.#resolve = resolve;
    this.#terminal = openTerminal({
      input,
      output,
      env,
      frame: (width, height, glyphs) => this.#frame(width, height, glyphs),
      onKey: (key) => this.#onKey(key),
    });
    this.#unsubscribe = processes.onChange(() => this.#terminal.request());
    signal.addEventListener('abort', () => this.#finish(null));
  }

  #frame(width: number, height: number, glyphs: Glyphs): readonly Placed[] {
    const rows = worstFirst(matching(this.#processes.rows(), this.#filter));
    const ids = rows.map(({ pid }) => String(pid));
    this.#shown = ids;
    this.#rowsShown = Math.max(1, height - PICKER_EDGE_ROWS);
    const scene = { rows, ids, list: this.#list, filter: this.#filter, typing: this.#typing, glyphs };
    return [{ area: { left: 0, top: 0, width, height }, lines: processList(scene, width, height) }];
  }

  #onKey(key: KeyPress): void {
    const by = MOVES[key.name];
    if (key.name === 'C-c') this.#finish(null);
    else if (key.name === 'enter') this.#pick();
    else if (key.name === 'escape') this.#escape();
    else if (by !== undefined) this.#list = move(this.#list, this.#shown, this.#rowsShown, by);
    else this.#edit(key);
    this.#terminal.request();
  }

  /** Takes a key that changes the filter; the first letter begins one, except `q`, which leaves, and `/`. */
  #edit({ name, text }: KeyPress): void {
    const idle = !this.#typing && this.#filter === '';
    if (idle && text === 'q') this.#finish(null);
    else if (idle && text === '/') this.#typing = true;
    else if (name === 'backspace') this.#refilter(Array.from(this.#filter).slice(0, -1).join(''));
    else if (name === 'C-u') this.#refilter('');
    else if (text !== null) this.#refilter(this.#filter + text);
  }

  #refilter(filter: string): void {
    this.#filter = filter;
    this.#list = LIST_TOP;
  }

  #escape(): void {
    if (!this.#typing && this.#filter === '') this.#finish(null);
    this.#typing = false;
    this.#refilter('');
  }

  #pick(): void {
    const id = chosenId(this.#list, this.#shown);
    if (id !== null) this.#finish(Number(id));
  }

  #finish(pid: number | null): void {
    this.#unsubscribe();
    this.#terminal.destroy();
    this.#resolve(pid);
  }
}

function matching(rows: readonly ProcessRow[], filter: string): readonly ProcessRow[] {
  const wanted = filter.toLowerCase();
  return filter === ''
    ? rows
    : rows.filter(({ pid, comm, cmdline }) => safeText(`${pid} ${comm} ${cmdline}`).toLowerCase().includes(wanted));
}

/** By rate, then by how many there were; a rate not known yet goes last. */
function worstFirst(rows: readonly ProcessRow[]): ProcessRow[] {
  return [...rows].sort(
    (a, b) => (b.majorFaultRateHz ?? -1) - (a.majorFaultRateHz ?? -1) || b.majorFaults - a.majorFaults || a.pid - b.pid,
  );
}
