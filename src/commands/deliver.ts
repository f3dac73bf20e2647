import { diagnose } from '../diagnosis/diagnose.js';
import { renderJson } from '../export/render-json.js';
import { summaryOf } from '../export/summary.js';
import { describeExit, renderReport } from '../export/text-report.js';
import { writeNewFile } from '../export/write-file.js';
import type { Snapshot } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';
import type { Plan } from './plan.js';

/** What the session came to, where it was asked for: a summary in a file, a report on the terminal. */
export async function deliver(plan: Plan, snapshot: Snapshot): Promise<void> {
  const diagnosis = diagnose(snapshot);
  const path = plan.summaryOnStdout ? '-' : plan.exportPath;
  if (path !== null) await writeNewFile(path, renderJson(summaryOf(snapshot, diagnosis)), plan);
  if (path !== null && path !== '-') process.stderr.write(`faultscope: summary written to ${safeText(path)}\n`);
  if (process.stdout.isTTY === true && path !== '-') process.stdout.write(renderReport(snapshot, diagnosis));
  else reportExit(snapshot.target);
}

/** Where there is no report, a launched command's end is told on stderr. */
function reportExit({ comm, state }: Snapshot['target']): void {
  if (state.alive || state.exit === null) return;
  process.stderr.write(`faultscope: ${safeText(comm)} ${describeExit(state.exit)}\n`);
}
