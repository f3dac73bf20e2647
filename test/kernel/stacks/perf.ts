import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.js';

/** perf(1) counting the major faults of a process with their user stacks: the other witness. */
export class Perf {
  readonly #directory = mkdtempSync(join(tmpdir(), 'faultscope-perf-'));
  readonly #file = join(this.#directory, 'data');
  readonly #child: ChildProcess;
  #said = '';

  constructor(pid: number) {
    const argv = ['record', '-e', 'major-faults', '-c', '1', '-g', '--user-callchains', '-p', String(pid)];
    this.#child = spawn('perf', [...argv, '-o', this.#file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (text) => {
      this.#said += text;
    });
  }

  /** Its buffers are mapped when the events are open. */
  async attached(): Promise<void> {
    await until('perf to attach', () => this.#said.includes('mmap size'));
  }

  /** Ends it: how many faults each stack had, names innermost first and joined by " < ". */
  async stacks(): Promise<ReadonlyMap<string, number>> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGINT');
    await closed;
    const text = execFileSync('perf', ['script', '-i', this.#file, '-F', 'ip,sym'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(this.#directory, { recursive: true });
    return parseStacks(text);
  }
}

/** A block a fault, a line a frame: `address name`. */
function parseStacks(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const block of text.split('\n\n')) {
    const names = Array.from(block.matchAll(/^\s+[0-9a-f]+ (.+)$/gm), ([, name = '']) =>
      name.replace(/@.*$/, '').trim(),
    );
    if (names.length > 0) counts.set(names.join(' < '), (counts.get(names.join(' < ')) ?? 0) + 1);
  }
  return counts;
}
