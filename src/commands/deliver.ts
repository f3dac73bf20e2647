import { diagnose } from '../diagnosis/diagnose.js';
import { describeExit, renderReport } from '../export/text-report.js';
import type { Snapshot } from '../model/snapshot.js';
import { safeText } from '../text/safe.js';
import type { LiveExports } from './live-exports.js';
import type { Plan } from './plan.js';

/** What the session came to, where it was asked for: exports in files, a report on the terminal. */
export async function deliver(exports: LiveExports, { summaryOnStdout }: Plan, snapshot: Snapshot): Promise<void> {
  const diagnosis = diagnose(snapshot);
  try {
    await exports.write({ snapshot, diagnosis });
  } finally {
    if (process.stdout.isTTY === true && !summaryOnStdout) process.stdout.write(renderReport(snapshot, diagnosis));
    else reportExit(snapshot.target);
  }
}

/** Where there is no report, a launched command's end is told on stderr. */
function reportExit({ comm, state }: Snapshot['target']): void {
  if (state.alive || state.exit === null) return;
  process.stderr.write(`faultscope: ${safeText(comm)} ${describeExit(state.exit)}\n`);
}
