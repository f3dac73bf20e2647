// Prints what scripts/test-versions found as a table: passed, failed and skipped tests by folder and version of bpftrace.
//
//   node scripts/lib/versions-table.mjs RESULTS_DIR
//
// The folder holds a directory a release with `version` and one `FOLDER.json` of vitest's json reporter each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , results = '.'] = process.argv;

/** Passed, failed and skipped; tests that passed when they were tried again count as passed. */
function countsOf(path) {
  const {
    numPassedTests: passed,
    numFailedTests,
    numFailedTestSuites,
    numPendingTests,
    numTodoTests,
    success,
  } = JSON.parse(readFileSync(path, 'utf8'));
  // A file that does not load has no tests.
  const failed = numFailedTests || (success ? 0 : Math.max(1, numFailedTestSuites));
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

function releaseOf(name) {
  const files = readdirSync(join(results, name)).filter((file) => file.endsWith('.json'));
  const version = readFileSync(join(results, name, 'version'), 'utf8').trim();
  const counts = files.map((file) => [file.replace(/\.json$/, ''), countsOf(join(results, name, file))]);
  return { title: `${version} (${name})`, counts: new Map(counts) };
}

const said = (counts) => (counts === undefined ? '-' : `${counts.passed} / ${counts.failed} / ${counts.skipped}`);

const releases = readdirSync(results).map(releaseOf);
const folders = [...new Set(releases.flatMap(({ counts }) => [...counts.keys()]))].sort();
const sums = releases.map(({ counts }) =>
  [...counts.values()].reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  ),
);
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
row(['passed / failed / skipped', ...releases.map(({ title }) => title)]);
row(['---', ...releases.map(() => '---')]);
for (const folder of folders) row([folder, ...releases.map(({ counts }) => said(counts.get(folder)))]);
row(['all', ...sums.map(said)]);
process.exitCode = sums.some(({ failed }) => failed > 0) ? 1 : 0;
