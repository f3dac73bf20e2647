import type { FaultscopeError } from '../errors.js';
import type { Snapshot } from '../model/snapshot.js';
import type { FaultscopeRecord } from '../record/record.js';
import { StallWatch } from '../recording/stall-watch.js';
import { safeText } from '../text/safe.js';
import { formatBytes, formatClock, formatDuration } from '../text/units.js';
import type { Plan, RecordingPlan } from './plan.js';
import { type Recorded, Recorder } from './recorder.js';
import { stampedName } from './stamped-name.js';

/** The recording of one session: from its start, as planned, or switched on and off by a key. */
export class SessionRecording {
  /** Resolves when a planned one is to go on no longer: the stall that was waited for is past, or it cannot be written. */
  readonly over: Promise<'stall' | 'failed'>;
  readonly #plan: RecordingPlan | null;
  readonly #force: boolean;
  readonly #pid: number;
  /** Null where nobody can ask for it. */
  readonly #recorder: Recorder | null;
  readonly #stalls: StallWatch | null;
  readonly #say: (message: string) => void;
  #isOver: (why: 'stall' | 'failed') => void = () => {};
  #error: FaultscopeError | null = null;
  #recorded: Recorded | null = null;
  /** Keys follow one another. */
  #change: Promise<string> = Promise.resolve('');

  /** `say` tells the user what has become of it in the middle of the session. */
  constructor({ headless, recording, force }: Plan, pid: number, say: (message: string) => void) {
    this.#plan = recording;
    this.#force = force;
    this.#pid = pid;
    this.#say = say;
    this.over = new Promise((resolve) => {
      this.#isOver = resolve;
    });
    const options = { fromTheStart: recording !== null, maxBytes: recording?.maxBytes ?? null };
    const failed = (error: FaultscopeError) => this.#failed(error);
    this.#recorder = recording === null && headless ? null : new Recorder({ ...options, failed });
    this.#stalls = recording?.untilStallNs == null ? null : new StallWatch(recording.untilStallNs);
  }

  /** Size of the file by now; null where nothing is being recorded. */
  get bytes(): number | null {
    return this.#recorder?.now?.bytes ?? null;
  }

  /** Why a planned recording ended early; null where it did not. */
  get error(): FaultscopeError | null {
    return this.#plan === null ? null : this.#error;
  }

  /** Every record of the session. */
  take(record: FaultscopeRecord): void {
    this.#recorder?.take(record);
    this.#stalls?.apply(record);
    if (this.#stalls?.isOver === true) this.#isOver('stall');
  }

  /** Makes the file of a planned one. Throws FaultscopeError where it cannot. */
  async begin(): Promise<void> {
    if (this.#plan !== null) await this.#begin(this.#plan.path);
  }

  /** Begins or ends one that was not planned; resolves with what to tell the user. Throws FaultscopeError. */
  toggle(): Promise<string> {
    this.#change = this.#change.catch(() => '').then(() => this.#toggle());
    return this.#change;
  }

  /** What was recorded is whole when it resolves. */
  async end(): Promise<void> {
    await this.#change.catch(() => {});
    this.#recorded = (await this.#recorder?.end()) ?? this.#recorded;
  }

  /** Tells on stderr what was recorded, and which stall ended it. */
  report(snapshot: Snapshot): void {
    if (this.#recorded !== null) told(recordedLine(this.#recorded, snapshot));
    if (this.#stalls !== null) told(stallLine(this.#stalls, snapshot));
  }

  #begin(path: string | null): Promise<void> {
    const name = path ?? stampedName(this.#pid, 'fscope');
    return this.#recorder?.begin(name, { force: this.#force }) ?? Promise.resolve();
  }

  async #toggle(): Promise<string> {
    if (this.bytes === null) {
      this.#error = null;
      await this.#begin(null);
      return `recording to ${this.#recorder?.now?.path ?? ''}`;
    }
    const recorded = (await this.#recorder?.end()) ?? null;
    if (this.#error !== null) throw this.#error;
    return recorded === null ? 'nothing was being recorded' : writtenLine(recorded);
  }

  #failed(error: FaultscopeError): void {
    this.#error = error;
    if (this.#plan === null) this.#say(`recording has ended: ${error.line}`);
    else this.#isOver('failed');
  }
}

function told(line: string): void {
  process.stderr.write(`faultscope: ${safeText(line)}\n`);
}

function writtenLine({ path, bytes }: Recorded): string {
  return `${formatBytes(bytes)} recorded to ${path}`;
}

function recordedLine(recorded: Recorded, { window: { startNs, durationNs } }: Snapshot): string {
  const { keptFromNs } = recorded;
  const line = writtenLine(recorded);
  if (keptFromNs === null) return line;
  const keptNs = Number(startNs - keptFromNs) + durationNs;
  return `${line}: kept the last ${formatClock(keptNs)} of ${formatClock(durationNs)}`;
}

function stallLine({ seen, leastNs }: StallWatch, { window: { startNs, startedAtMs } }: Snapshot): string {
  if (seen === null) return `there was no full stall of ${formatDuration(leastNs)} or more`;
  const sinceStartNs = Math.max(0, Number(seen.startNs - startNs));
  const clock = new Date(startedAtMs + sinceStartNs / 1e6).toLocaleTimeString('en-GB');
  const length = `${seen.hasEnded ? '' : 'at least '}${formatDuration(seen.durationNs)}`;
  return `ended by a full stall of ${length} at ${formatClock(sinceStartNs)} (${clock})`;
}
