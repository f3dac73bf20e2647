import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usage } from '../errors.js';
import { type ExportPlan, planExport } from '../export/export-plan.js';
import { type ExportedSession, type Moment, RecordedSession, type SessionEnd } from '../export/exported-session.js';
import { fileError } from '../export/file-error.js';
import { noStacksError } from '../export/folded.js';
import { checkExport, writeExport } from '../export/write-export.js';
import { STDOUT, type WriteOptions } from '../export/write-file.js';
import type { FaultscopeRecord } from '../record/record.js';
import { TemporaryRecording } from '../recording/temporary-recording.js';
import { report } from './exits.js';
import { tellWritten } from './tell-written.js';

/** The options that say what is exported at the end of a session, as given. */
export interface ExportOptions {
  readonly export?: readonly string[];
  readonly format?: string;
  readonly table?: string;
  readonly stacks?: boolean;
}

/** Understands them. Throws FaultscopeError, exit code 2. */
export function planExports(options: ExportOptions): ExportPlan[] {
  const { export: paths = [], format = null, table = null } = options;
  if (paths.length > 1 && (format ?? table) !== null) {
    throw usage('--format and --table are for one --export', 'let the endings of the files say their formats');
  }
  if (paths.length === 0 && (format ?? table) !== null) {
    throw usage('there is nothing to export in that format', 'add --export FILE, or --export - for standard output');
  }
  const plans = paths.map((path) => planExport(path, { format, table }));
  const names = plans.flatMap(({ files }) => files.map(({ path }) => path));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usage(`${twice} is to be written twice`, 'name each file once');
  return plans;
}

/** Writes what the session has come to when it is over. What has a time axis is played from a recording without a name. */
export class LiveExports {
  readonly #plans: readonly ExportPlan[];
  readonly #options: WriteOptions;
  readonly #recording: TemporaryRecording | null;

  /** Before anything is traced. Throws FaultscopeError where one of the files cannot be written. */
  static async open(plans: readonly ExportPlan[], options: WriteOptions): Promise<LiveExports> {
    for (const plan of plans) await checkExport(plan, options);
    const played = plans.find(isPlayed);
    if (played === undefined) return new LiveExports(plans, options, null);
    const path = played.files.find((file) => file.path !== STDOUT)?.path ?? join(tmpdir(), 'faultscope');
    return new LiveExports(plans, options, await TemporaryRecording.beside(path));
  }

  private constructor(plans: readonly ExportPlan[], options: WriteOptions, recording: TemporaryRecording | null) {
    this.#plans = plans;
    this.#options = options;
    this.#recording = recording;
  }

  /** Every record of the session, in its order. */
  add(record: FaultscopeRecord): void {
    this.#recording?.add(record);
  }

  /** Writes all of them; one that fails does not keep the others from being written. Throws the first failure. */
  async write(end: SessionEnd): Promise<void> {
    const failures: unknown[] = [];
    for (const plan of this.#plans) {
      try {
        tellWritten(plan.format, await this.#writeOne(plan, end));
      } catch (error) {
        failures.push(error);
      }
    }
    await this.#recording?.close();
    for (const failure of failures.slice(1)) report(failure);
    if (failures.length > 0) throw failures[0];
  }

  async #writeOne(plan: ExportPlan, end: SessionEnd) {
    if (this.#recording === null || !isPlayed(plan)) return writeExport(plan, liveSession(end, null), this.#options);
    const { error } = this.#recording;
    if (error !== null) throw fileError(plan.files[0]?.path ?? '', error.cause);
    const recording = this.#recording.open();
    try {
      const recorded = new RecordedSession(recording.session, () => recording.batches());
      return await writeExport(plan, liveSession(end, recorded), this.#options);
    } finally {
      recording.close();
    }
  }
}

/** Throws where --stacks is needed and can no more be switched on. */
export function refuseWithoutStacks(plans: readonly ExportPlan[]): void {
  if (plans.some(({ format }) => format.needsStacks)) throw noStacksError();
}

function isPlayed({ files }: ExportPlan): boolean {
  return files.some(({ table }) => table.played);
}

/** The end is that of the running session: it is there already. */
function liveSession(end: SessionEnd, recorded: RecordedSession | null): ExportedSession {
  return { moments: (): Iterable<Moment> => recorded?.moments() ?? [], end: () => end };
}
