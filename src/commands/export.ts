import { ExitCode } from '../errors.js';
import { planExport } from '../export/export-plan.js';
import { RecordedSession } from '../export/exported-session.js';
import { checkExport, writeExport } from '../export/write-export.js';
import { openFile } from '../recording/opened-file.js';
import { Exits } from './exits.js';
import { stepDown } from './step-down.js';
import { tellWritten } from './tell-written.js';
import { withRecording } from './with-recording.js';

/** The options of `faultscope export`, as given. */
export interface ExportCommandOptions {
  readonly output: string;
  readonly format?: string;
  readonly table?: string;
  readonly force?: boolean;
}

/** `faultscope export RECORDING -o FILE`: a recorded session in another format. Returns the exit code. */
export async function exportRecording(path: string, options: ExportCommandOptions): Promise<number> {
  new Exits();
  const plan = planExport(options.output, { format: options.format ?? null, table: options.table ?? null });
  const writing = { force: options.force === true };
  const file = openFile(path);
  stepDown();
  await checkExport(plan, writing);
  await withRecording(file, async (recording) => {
    const warnings = () => recording.warnings;
    const session = new RecordedSession(recording.session, () => recording.batches(), warnings);
    tellWritten(plan.format, await writeExport(plan, session, writing));
  });
  return ExitCode.done;
}
