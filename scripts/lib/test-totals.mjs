// Adds up what scripts/test ran and prints what failed and the closing line, "N passed, N failed".
//
//   node scripts/lib/test-totals.mjs RESULTS_DIR
//
// The folder holds one `NAME.json` of vitest's json reporter a project and one `NAME.status` a step, with its exit code.
// A step without a report counts as one test. So does a project that failed with every single test passing: a file that
// does not load, or a run that was cut short, is not in vitest's count.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOTHING = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** What failed, each with the first lines of its reason: the log before them is long, and may be cut. */
function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message ? [`${name}: ${beginning(message)}`] : []),
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${beginning(failureMessages.join('\n'))}`),
  ]);
}

function beginning(text) {
  return text.split('\n').slice(0, 40).join('\n');
}

function countReport(path) {
  if (!existsSync(path)) return NOTHING;
  const report = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: failuresOf(report),
  };
}

function countStep(directory, step) {
  const exitCode = Number(readFileSync(join(directory, `${step}.status`), 'utf8'));
  const reportPath = join(directory, `${step}.json`);
  const counts = countReport(reportPath);
  if (exitCode !== 0) return { ...counts, failed: Math.max(counts.failed, 1) };
  return existsSync(reportPath) ? counts : { ...counts, passed: 1 };
}

function add(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...one.failures, ...other.failures],
  };
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const [directory] = process.argv.slice(2);
const steps = readdirSync(directory)
  .filter((name) => name.endsWith('.status'))
  .map((name) => name.slice(0, -'.status'.length))
  .map((step) => ({ step, counts: countStep(directory, step) }));
const total = steps.reduce((sum, { counts }) => add(sum, counts), NOTHING);
for (const failure of total.failures) console.log(`FAILED ${failure}\n`);
for (const { step, counts } of steps) {
  console.log(
    `  ${step.padEnd(16)}${counts.failed > 0 ? 'FAILED' : 'ok'}, ${counts.passed} of ${counts.passed + counts.failed}`,
  );
}
console.log(describe(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
