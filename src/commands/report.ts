import { ExitCode } from '../errors.js';
import { RecordedSession } from '../export/exported-session.js';
import { renderReport } from '../export/text-report.js';
import { checkWritable, writeNewFile } from '../export/write-file.js';
import { openRecording } from '../recording/recording.js';
import { warnOfRecording } from './warn-of-recording.js';

/** The options of `faultscope report`, as given. */
export interface ReportOptions {
  readonly output: string;
  readonly force?: boolean;
}

/** `faultscope report RECORDING`: what a recorded session means, as text. Returns the exit code. */
export async function reportRecording(path: string, options: ReportOptions): Promise<number> {
  const writing = { force: options.force === true };
  await checkWritable(options.output, writing);
  const recording = openRecording(path);
  try {
    const { snapshot, diagnosis } = new RecordedSession(recording.session, () => recording.batches()).end();
    const { warnings } = recording;
    await writeNewFile(options.output, [renderReport(snapshot, diagnosis, warnings)], writing);
    warnOfRecording(path, warnings);
    return ExitCode.done;
  } finally {
    recording.close();
  }
}
