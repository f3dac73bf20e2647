import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import { fullDiagnosis } from './diagnoses.js';
import { fullSnapshot } from './snapshots.js';

const guide = readFileSync(new URL('../../../docs/summary.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/^ {4}(jq .*)$/gm)].flatMap(([, command]) => command ?? []);
const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.skipIf(!hasJq)('each jq command of docs/summary.md', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'faultscope-doc-'));
    writeFileSync(join(directory, 'out.json'), renderJson(summaryOf(fullSnapshot(), fullDiagnosis())));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const answerTo = (command: string) => spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8' });

  test('is found by this test', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  test.each(commands)('runs on a rendered summary and answers: %s', (command) => {
    const { status, stdout, stderr } = answerTo(command);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toMatch(/null|^\s*(\[\]|\{\})?\s*$/);
  });

  test('names the stuck thread, the rate and the longest page', () => {
    const answers = (word: string) => answerTo(commands.find((command) => command.includes(word)) ?? 'false').stdout;
    expect(JSON.parse(answers('startswith'))).toEqual([4712]);
    expect(JSON.parse(answers('durationNs / 1e9'))).toBe(5);
    expect(JSON.parse(answers('latencyMs'))).toEqual({
      address: '0xffffffffff600000',
      latencyMs: 31,
      threadName: 'worker',
    });
  });
});
