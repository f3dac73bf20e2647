import type { RuntimeFacts } from '../record/record.js';
import type { StackRecord, StackTotalRecord, SymbolRecord } from '../record/stacks.js';
import type { TimePart } from './cause.js';
import { classifyWait } from './classify.js';
import { asFoundInGo } from './code.js';
import { StackFrames } from './stack-frames.js';
import { StackLedger, type StackWords } from './stack-ledger.js';
import type { StacksView } from './stacks-view.js';

/** Keeps account of stacks (bpf/stacks.bt). */
export class Stacks {
  readonly #arch: string;
  readonly #frames = new StackFrames();
  readonly #faults = new StackLedger(this.#frames);
  readonly #offCpu = new StackLedger(this.#frames);
  #runtime: RuntimeFacts['kind'] | null = null;
  #hasRun = false;

  constructor(arch: string) {
    this.#arch = arch;
  }

  /** The script was started, ended or failed. Its last reading may come after its end: stacks are named first. */
  applyState(running: boolean): void {
    if (!running) return;
    this.#hasRun = true;
    this.#faults.restart();
    this.#offCpu.restart();
  }

  /** What runs the target's code waits in ways of its own. */
  runUnder(runtime: RuntimeFacts['kind']): void {
    if (runtime === this.#runtime) return;
    this.#runtime = runtime;
    this.#offCpu.reword();
  }

  apply(record: StackRecord | StackTotalRecord | SymbolRecord): void {
    if (record.kind === 'symbol') return this.#frames.tell(record);
    const ledger = record.of === 'fault' ? this.#faults : this.#offCpu;
    return record.kind === 'stack' ? ledger.apply(record) : ledger.applyTotal(record);
  }

  /** Null unless the script has run. */
  view(nameOf: StackWords['nameOf']): StacksView | null {
    if (!this.#hasRun) return null;
    return {
      faults: this.#faults.view({ nameOf, partOf: () => 'fault' }),
      offCpu: this.#offCpu.view({ nameOf, partOf: (code, frames) => this.#partOf(code, frames) }),
      frames: this.#frames.list(),
    };
  }

  #partOf(code: number, frames: readonly number[]): TimePart {
    const inGo = this.#runtime === 'go' && this.#mayBeParked(frames);
    return classifyWait(inGo ? asFoundInGo(code) : code, this.#arch).cause;
  }

  /**
   * Go parks an M in a futex of its own (stopm() in runtime/proc.go); C code waits for its mutexes in one of libc's, and
   * the runtime for its own locks below lock2() (runtime/lock_futex.go).
   */
  #mayBeParked(frames: readonly number[]): boolean {
    let innermost: string | null = null;
    for (const place of frames) {
      const frame = this.#frames.at(place);
      if (frame === undefined || frame.kernel) continue;
      if (frame.label.startsWith('runtime.lock2')) return false;
      innermost = frame.label;
    }
    return innermost === null || innermost.startsWith('runtime.') || innermost.startsWith('[');
  }
}
