// Does all that is done with a recording, in a process of its own; prints what that took.
import { readFileSync } from 'node:fs';
import { diagnose } from '../../dist/diagnosis/diagnose.js';
import { renderJson } from '../../dist/export/render-json.js';
import { summaryOf } from '../../dist/export/summary.js';
import { renderReport } from '../../dist/export/text-report.js';
import { Trace } from '../../dist/model/trace.js';
import { openRecording } from '../../dist/recording/recording.js';

const recording = openRecording(process.argv[2]);
const trace = new Trace(recording.session);
for (const records of recording.batches()) for (const record of records) trace.apply(record);
const snapshot = trace.snapshot();
const diagnosis = diagnose(snapshot);
renderJson(summaryOf(snapshot, diagnosis));
renderReport(snapshot, diagnosis);
// Not getrusage(2): its maximum is also that of the process that this one was forked from (exec_mmap() in fs/exec.c).
const [, residentKiB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
console.log(JSON.stringify({ warnings: recording.warnings, residentMiB: residentKiB / 1024 }));
