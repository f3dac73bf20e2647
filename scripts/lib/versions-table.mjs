// Prints what scripts/test-versions found as a table: passed, failed and skipped tests by folder and version of bpftrace.
//
//   node scripts/lib/versions-table.mjs RESULTS_DIR
//
// The folder holds a directory a release with `version` and files of vitest's json reporter. Of a test file that ran more than once
// the last run counts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const [, , results = '.'] = process.argv;
const NONE = { passed: 0, failed: 0, skipped: 0 };

const add = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

/** Passed, failed and skipped; tests that passed when they were tried again count as passed. */
function countsOf({ assertionResults, status }) {
  const having = (...wanted) => assertionResults.filter((one) => wanted.includes(one.status)).length;
  const failed = having('failed');
  // A file that does not load has no tests.
  const isBroken = status === 'failed' && failed === 0;
  return { passed: having('passed'), failed: isBroken ? 1 : failed, skipped: having('pending', 'skipped', 'todo') };
}

function releaseOf(name) {
  const directory = join(results, name);
  const runs = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(directory, file))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  const version = readFileSync(join(directory, 'version'), 'utf8').trim();
  const files = new Map();
  for (const run of runs) {
    for (const file of JSON.parse(readFileSync(run, 'utf8')).testResults) files.set(file.name, countsOf(file));
  }
  const counts = new Map();
  for (const [file, count] of files) {
    const [folder] = relative(join(import.meta.dirname, '../../test/kernel'), file).split('/');
    counts.set(folder, add(counts.get(folder) ?? NONE, count));
  }
  return { title: `${version} (${name})`, counts };
}

const said = (counts) => (counts === undefined ? '-' : `${counts.passed} / ${counts.failed} / ${counts.skipped}`);

const releases = readdirSync(results).map(releaseOf);
const folders = [...new Set(releases.flatMap(({ counts }) => [...counts.keys()]))].sort();
const sums = releases.map(({ counts }) => [...counts.values()].reduce(add, NONE));
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
row(['passed / failed / skipped', ...releases.map(({ title }) => title)]);
row(['---', ...releases.map(() => '---')]);
for (const folder of folders) row([folder, ...releases.map(({ counts }) => said(counts.get(folder)))]);
row(['all', ...sums.map(said)]);
process.exitCode = sums.some(({ failed }) => failed > 0) ? 1 : 0;
