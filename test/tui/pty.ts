import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;

export interface PtyOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: NodeJS.ProcessEnv;
  /** What runs in the terminal; the program itself by default. */
  readonly file?: string;
}

/** The built program in a real pseudo-terminal, its output drawn by a terminal emulator. */
export class Pty {
  readonly #pty: IPty;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #exit: Promise<{ exitCode: number; signal?: number }>;
  #bytes = '';

  constructor(args: readonly string[], { columns, rows, env = {}, file = process.execPath }: PtyOptions) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const argv = file === process.execPath ? [CLI, ...args] : [...args];
    this.#pty = spawn(file, argv, {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: '/tmp',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    });
    this.#pty.onData((data) => {
      this.#bytes += data;
      this.#terminal.write(data);
    });
    this.#exit = new Promise((resolve) => this.#pty.onExit(resolve));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Everything written so far, escapes and all. */
  get bytes(): string {
    return this.#bytes;
  }

  get lines(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Whether the program still has the terminal's second screen. */
  get onAlternateScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: string): void {
    process.kill(this.#pty.pid, signal);
  }

  /** Waits until the screen shows it; fails with the screen where it does not in time. */
  async shows(pattern: RegExp, deadlineMs = 30_000): Promise<string> {
    const deadline = Date.now() + deadlineMs;
    while (!pattern.test(this.text)) {
      if (Date.now() > deadline) throw new Error(`the screen never showed ${pattern}:\n${this.text}`);
      await sleep(50);
    }
    // The frame may have been drawn in part.
    await this.#quiet();
    return this.text;
  }

  async ended(deadlineMs = 30_000): Promise<number> {
    const late = sleep(deadlineMs).then(() => {
      throw new Error(`still running:\n${this.text}`);
    });
    const { exitCode } = await Promise.race([this.#exit, late]);
    // The last bytes may come after the exit.
    await this.#quiet();
    return exitCode;
  }

  /** A tenth of a second in which nothing was written; at most half a second, as a live screen goes on. */
  async #quiet(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      const before = this.#bytes.length;
      await sleep(100);
      if (this.#bytes.length === before) return;
    }
  }

  /** The terminal is gone, as where its window is closed or the connection breaks. */
  hangUp(): void {
    // node-pty has it, and leaves it out of the interface.
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  destroy(): void {
    try {
      process.kill(this.#pty.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
