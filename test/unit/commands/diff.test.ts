import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DiffOptions, diff } from '../../../src/commands/diff.js';
import { ExitCode } from '../../../src/errors.js';
import { recordedCauses } from '../../support/recorded-causes.js';
import { moments, recorded } from '../recording/recorded.js';

let folder = '';
let recording = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultscope-diff-'));
  recording = await recorded(folder, moments(recordedCauses()));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Compares the recording with itself; the exit code, the file written, and what stderr says. */
async function compared(name: string, options: DiffOptions = {}, after = recording) {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => said.push(String(chunk)) > 0);
  const output = join(folder, name);
  try {
    const exitCode = await diff(recording, after, { output, ...options });
    return { exitCode, text: readFileSync(output, 'utf8'), stderr: said.join('') };
  } finally {
    write.mockRestore();
  }
}

test('a recording held against itself says so, and that it is too short to tell', async () => {
  const { exitCode, text } = await compared('self.txt');
  expect(exitCode).toBe(ExitCode.done);
  expect(text).toContain('both are of the same process at the same time');
  expect(text).toMatch(/^Full stalls: 47\.7% of the time before, 47\.7% after \(0\.0 points\): too short to\ntell\.$/m);
});

test('the format is by the ending of the file, and the figures are those of the recording', async () => {
  const { text } = await compared('self.json');
  const { schema, metrics } = JSON.parse(text);
  expect(schema).toBe('faultscope.diff/1');
  const faults = metrics.find(({ id }: { id: string }) => id === 'majorFaults');
  expect(faults).toMatchObject({ change: 0, verdict: 'too-short' });
  expect(faults.before).toBeCloseTo(13_309 / 4.664320714, 6);
});

test('a condition that holds exits with 5 and a line that says by how much; the comparison is written all the same', async () => {
  const { exitCode, text, stderr } = await compared('gate.txt', { failIf: ['fullStall>5%', 'fullStall>90%'] });
  expect(exitCode).toBe(ExitCode.condition);
  expect(stderr).toContain('faultscope: --fail-if fullStall>5%: full stalls 47.7% after, more than 5.0%\n');
  expect(stderr).not.toContain('fullStall>90%');
  expect(text).toMatch(/^pass {2}fullStall>90%/m);
});

test('a gate on what was not measured fails', async () => {
  const { exitCode, stderr } = await compared('unknown.txt', { failIf: ['requestP99>1s'] });
  expect(exitCode).toBe(ExitCode.condition);
  expect(stderr).toContain('not measured after (takes --requests), which counts as failing');
});

test('a recording that is cut off is compared, and the comparison says so', async () => {
  const cut = join(folder, 'cut.fscope');
  const bytes = readFileSync(recording);
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
  const { text } = await compared('cut.txt', {}, cut);
  expect(text).toMatch(/^ - after: /m);
});

test('what is no recording, no format or no condition is said in one line, before anything is written', async () => {
  const none = join(folder, 'none.txt');
  writeFileSync(join(folder, 'text'), 'hello');
  const usage = { exitCode: ExitCode.usage };
  await expect(diff(recording, join(folder, 'text'), { output: none })).rejects.toMatchObject(usage);
  await expect(diff(recording, join(folder, 'missing'), { output: none })).rejects.toMatchObject(usage);
  await expect(diff(recording, recording, { output: none, format: 'pdf' })).rejects.toMatchObject(usage);
  await expect(diff(recording, recording, { output: none, failIf: ['x'] })).rejects.toMatchObject(usage);
  expect(existsSync(none)).toBe(false);
});

test('an existing file is left alone without --force', async () => {
  await compared('twice.txt');
  await expect(compared('twice.txt')).rejects.toMatchObject({ exitCode: ExitCode.usage });
  expect((await compared('twice.txt', { force: true })).exitCode).toBe(ExitCode.done);
});
