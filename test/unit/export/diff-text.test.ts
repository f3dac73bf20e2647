import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFailIf } from '../../../src/commands/fail-if.js';
import { resultOf } from '../../../src/diff/condition.js';
import { type Diff, diffOf } from '../../../src/diff/diff.js';
import { diffDocument } from '../../../src/export/diff-document.js';
import { renderDiffText } from '../../../src/export/diff-text.js';
import { renderDiffHtml } from '../../../src/export/html/render-diff.js';
import { renderJson } from '../../../src/export/render-json.js';
import { columnsOf } from '../../../src/text/cell.js';
import { seededRandom } from '../diagnosis/random.js';
import { SECOND, swappedMemory } from '../diagnosis/sessions.js';
import { side } from '../diff/simulated.js';
import { outside } from './outside-strings.js';
import { schemaErrors } from './schema.js';
import { threadView } from './snapshots.js';

const files = {
  before: { path: 'before.fscope', warnings: [] },
  after: { path: 'after.fscope', warnings: ['the last 3 seconds are missing'] },
};
const conditions = (diff: Diff) =>
  ['fullStall>5%', 'requestP99>2ms', 'majorFaults>before*9'].map((text) => resultOf(parseFailIf(text), diff));

const random = seededRandom(31);
const before = side(random, { fullStall: 0.55 });
const after = side(random, { fullStall: 0.003, faultsHz: 20 });
const cured = diffOf(before, after);

test('says at once what became of it, then figure by figure, then what else is to be known', () => {
  const text = renderDiffText(cured, files, conditions(cured));
  const order = [
    /^before {2}before\.fscope {2}coldmmap\[4711\] {2}01:00 {2}2024-02-29 23:59:59$/m,
    /^Full stalls fell from/m,
    /^pass {2}fullStall>5%/m,
    /^FAIL {2}requestP99>2ms: not measured/m,
    /^ full stalls +5\d\.\d% +0\.3% +-5\d\.\dpt +-99% +-\d\d\.\d to -\d\d\.\d better$/m,
    /^ gone {3}STALL/m,
    /^ - after: the last 3 seconds are missing$/m,
  ].map((line) => text.search(line));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBe(0);
});

test('the page needs nothing else, and no name in it is markup', () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const page = renderDiffHtml(
    named(hostile),
    { ...files, before: { path: hostile, warnings: [hostile] } },
    conditions(cured),
    '1',
  );
  expect(page).toContain('Full stalls fell from');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(page).not.toContain('<img');
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  expect(page).toMatch(/default-src &#39;none&#39;; script-src &#39;sha256-/);
});

test('leaves out rows that were nought in both', () => {
  expect(renderDiffText(cured, files, [])).not.toMatch(/^ lock waits/m);
});

/** Sessions whose every name is the given one. */
function named(name: string): Diff {
  const { snapshot } = before;
  const facts = {
    target: { ...snapshot.target, comm: name, exe: name },
    threads: [threadView({ name, faultWaitNs: SECOND })],
    files: {
      ...swappedMemory('heap', 10),
      files: swappedMemory('heap', 10).files.map((file) => ({ ...file, path: name })),
    },
  };
  return diffOf({ ...before, snapshot: { ...snapshot, ...facts } }, after);
}

test('no name reaches the terminal unescaped, nor makes a line longer than 80 columns', () => {
  fc.assert(
    fc.property(outside, (name) => {
      const diff = named(name);
      const text = renderDiffText(diff, { ...files, before: { path: name, warnings: [name] } }, conditions(diff));
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      for (const line of text.split('\n')) expect(columnsOf(line), line).toBeLessThan(80);
    }),
    { numRuns: 50 },
  );
});

test('as JSON it is valid by its schema, whatever the names', () => {
  const errorsIn = schemaErrors('diff');
  fc.assert(
    fc.property(outside, (name) => {
      const diff = named(name);
      expect(errorsIn(JSON.parse(renderJson(diffDocument(diff, files, conditions(diff), '1.2.3'))))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('two sessions of nothing are compared without a word that is not so', () => {
  const empty = side(random, { seconds: 0 });
  const text = renderDiffText(diffOf(empty, empty), files, []);
  expect(text).toContain('Nothing was measured in both.');
  expect(text).toContain('No figure could be judged.');
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
});
