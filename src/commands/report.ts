import { ExitCode } from '../errors.js';
import { type ExportPieces, RecordedSession } from '../export/exported-session.js';
import { renderHtml } from '../export/html/render-html.js';
import { renderReport } from '../export/text-report.js';
import { checkWritable, writeNewFile } from '../export/write-file.js';
import { openFile } from '../recording/opened-file.js';
import type { Recording } from '../recording/recording.js';
import { Exits } from './exits.js';
import { stepDown } from './step-down.js';
import { withRecording } from './with-recording.js';

/** The options of `faultscope report`, as given. */
export interface ReportOptions {
  readonly output: string;
  readonly html?: boolean;
  readonly force?: boolean;
}

/** `faultscope report RECORDING`: what a recorded session means, as text or as a page. Returns the exit code. */
export async function reportRecording(path: string, options: ReportOptions): Promise<number> {
  new Exits();
  const writing = { force: options.force === true };
  const isPage = options.html === true || options.output.endsWith('.html');
  const file = openFile(path);
  stepDown();
  await checkWritable(options.output, writing);
  await withRecording(file, async (recording) => {
    await writeNewFile(options.output, isPage ? pageOf(recording) : textOf(recording), writing);
  });
  return ExitCode.done;
}

function pageOf(recording: Recording): ExportPieces {
  const warnings = () => recording.warnings;
  return renderHtml(new RecordedSession(recording.session, () => recording.batches(), warnings));
}

function textOf(recording: Recording): ExportPieces {
  const { snapshot, diagnosis } = new RecordedSession(recording.session, () => recording.batches()).end();
  return [renderReport(snapshot, diagnosis, recording.warnings)];
}
