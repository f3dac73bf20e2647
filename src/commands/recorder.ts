import { ExitCode, FaultscopeError } from '../errors.js';
import type { FaultscopeRecord } from '../record/record.js';
import { Latest } from '../recording/baseline/latest.js';
import { RecordingWriter } from '../recording/writer.js';

export interface RecorderOptions {
  /** Nothing of the session is to be missing: what comes before {@link Recorder.begin} is written then. */
  readonly fromTheStart: boolean;
  /** The most that the file may have: it keeps what came last. Null: all is kept. */
  readonly maxBytes: number | null;
  /** The recording has ended because it could not be written; the session goes on. */
  readonly failed: (error: FaultscopeError) => void;
}

/** What came of a recording. */
export interface Recorded {
  readonly path: string;
  readonly bytes: number;
  /** When the oldest moment that was kept was; null where all were. */
  readonly keptFromNs: bigint | null;
}

/** Records a session as it goes on: from its start, or from when it is asked to. */
export class Recorder {
  readonly #options: RecorderOptions;
  /** Null where nothing will ever have to be told again. */
  readonly #latest: Latest | null;
  /** Since the last tick. */
  #moment: FaultscopeRecord[] = [];
  /** Moments that wait for the file. */
  #waiting: FaultscopeRecord[][] = [];
  /** Of the latest tick; null before the first, and where the session has ended. */
  #tickNs: bigint | null = null;
  #hasEnded = false;
  #writer: RecordingWriter | null = null;
  #path: string | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#latest = options.fromTheStart && options.maxBytes === null ? null : new Latest();
  }

  /** The file and its size by now; null where nothing is being recorded. */
  get now(): { readonly path: string; readonly bytes: number } | null {
    return this.#writer === null || this.#path === null ? null : { path: this.#path, bytes: this.#writer.bytes };
  }

  /** Every record of the session. */
  take(record: FaultscopeRecord): void {
    this.#moment.push(record);
    if (record.kind !== 'tick' && record.kind !== 'end') return;
    const moment = this.#moment;
    this.#moment = [];
    this.#tickNs = record.kind === 'tick' ? record.atNs : null;
    this.#hasEnded = record.kind === 'end';
    if (this.#writer === null && this.#options.fromTheStart && this.#path === null) this.#waiting.push(moment);
    else this.#write(moment);
  }

  /** Throws FaultscopeError where the file cannot be made, or nothing more will come. */
  async begin(path: string, { force }: { readonly force: boolean }): Promise<void> {
    if (this.#hasEnded) throw new FaultscopeError({ exitCode: ExitCode.usage, message: 'the session has ended' });
    const { maxBytes, fromTheStart } = this.#options;
    const keyframe = () => this.#latest?.keyframe() ?? [];
    const ring = maxBytes === null ? undefined : { maxBytes, keyframe };
    const writer = await RecordingWriter.create(path, ring === undefined ? { force } : { force, ring });
    this.#writer = writer;
    this.#path = path;
    if (!fromTheStart && this.#tickNs !== null) writer.keyframe(keyframe());
    for (const moment of this.#waiting.splice(0)) this.#write(moment);
  }

  /** What was recorded is whole when it resolves; null where nothing was being recorded. */
  async end(): Promise<Recorded | null> {
    const { now } = this;
    const writer = this.#writer;
    if (writer === null || now === null) return null;
    // The session goes on without it.
    if (this.#tickNs !== null) writer.write([{ kind: 'end', atNs: this.#tickNs, reason: 'quit', targetExit: null }]);
    this.#writer = null;
    await writer.close();
    if (writer.error !== null) this.#options.failed(writer.error);
    return { path: now.path, bytes: writer.bytes, keptFromNs: writer.keptFromNs };
  }

  #write(moment: readonly FaultscopeRecord[]): void {
    const writer = this.#writer;
    if (writer !== null && !writer.write(moment) && writer.error !== null) this.#fail(writer, writer.error);
    if (this.#latest === null) return;
    for (const record of moment) this.#latest.apply(record);
  }

  #fail(writer: RecordingWriter, error: FaultscopeError): void {
    this.#writer = null;
    this.#options.failed(error);
    // What is in the file is read as it is.
    writer.close().catch(() => {});
  }
}
