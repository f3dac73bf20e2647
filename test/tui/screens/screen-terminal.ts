import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import type { Diagnosis } from '../../../src/diagnosis/finding.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { openLiveView, type ReplayControls, type ViewActions, type ViewOptions } from '../../../src/tui/app.js';
import { diagnosis } from './diagnosis-builder.js';

/** A terminal in memory: what a program writes to `output` is drawn, what is typed comes out of `input`. */
export class ScreenTerminal {
  readonly input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(mode: boolean) {
      this.isRaw = mode;
      return this;
    },
  });
  readonly output;
  readonly #terminal;
  readonly #written: Buffer[] = [];

  constructor(columns = 80, rows = 24) {
    this.output = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.output.on('data', (chunk: Buffer) => {
      this.#written.push(chunk);
      this.#terminal.write(chunk);
    });
  }

  /** All bytes written so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#written);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    Object.assign(this.output, { columns, rows });
    this.output.emit('resize');
  }

  /** Types keys one after the other, as a person would: each is read by itself. */
  async type(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.input.write(key);
      await sleep(5);
    }
  }

  get lines(): string[] {
    return this.cells.map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  }

  /** Every column of every row as the terminal holds it: the second column of a wide character is empty. */
  get cells(): { text: string; look: string }[][] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, y) =>
      Array.from({ length: this.#terminal.cols }, (_, x) => {
        const cell = active.getLine(active.baseY + y)?.getCell(x);
        const look = [cell?.getFgColor(), cell?.getBgColor(), cell?.isBold(), cell?.isInverse(), cell?.isUnderline()];
        return { text: cell?.getWidth() === 0 ? '' : cell?.getChars() || ' ', look: look.join() };
      }),
    );
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** The screen once it has drawn something and then stayed the same for longer than a frame. */
  async settled(): Promise<string> {
    let before = '';
    for (let quiet = 0; quiet < 3; ) {
      await sleep(40);
      quiet = this.text === before && this.bytes.length > 0 ? quiet + 1 : 0;
      before = this.text;
    }
    return before;
  }

  /** Waits until the screen says so; fails with the screen if it never does. */
  async shows(expected: string | RegExp): Promise<string> {
    for (let round = 0; round < 200; round += 1) {
      // The frame may have been drawn in part.
      if (typeof expected === 'string' ? this.text.includes(expected) : expected.test(this.text)) return this.settled();
      await sleep(25);
    }
    throw new Error(`the screen never showed ${String(expected)}:\n${this.text}`);
  }
}

export const KEYS = {
  up: '\x1b[A',
  down: '\x1b[B',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  enter: '\r',
  escape: '\x1b',
  backspace: '\x7f',
  ctrlC: '\x03',
} as const;

export const UTF8 = { TERM: 'xterm-256color', LANG: 'C.UTF-8' };

/** A live view on a terminal in memory, with a source whose snapshot the test replaces. */
export function openScreen(
  first: Snapshot,
  facts: {
    columns?: number;
    rows?: number;
    env?: NodeJS.ProcessEnv;
    actions?: Partial<ViewActions>;
    diagnosis?: Diagnosis;
    replay?: ReplayControls;
  } = {},
) {
  const terminal = new ScreenTerminal(facts.columns, facts.rows);
  const listeners = new Set<() => void>();
  let current = first;
  const quits: true[] = [];
  const actions: ViewActions = {
    exportSummary: async () => '/tmp/summary.json',
    quit: () => quits.push(true),
    ...facts.actions,
  };
  const options: ViewOptions = {
    source: {
      snapshot: () => current,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    diagnose: () => facts.diagnosis ?? diagnosis(),
    actions,
    replay: facts.replay,
    input: terminal.input,
    output: terminal.output as unknown as NodeJS.WritableStream,
    env: facts.env ?? UTF8,
  };
  const view = openLiveView(options);
  return {
    terminal,
    view,
    quits,
    listeners,
    /** The source has a new snapshot. */
    update: (next: Snapshot) => {
      current = next;
      for (const listener of listeners) listener();
    },
  };
}
