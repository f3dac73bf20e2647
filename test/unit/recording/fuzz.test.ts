import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import { FaultscopeError } from '../../../src/errors.js';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import { renderReport } from '../../../src/export/text-report.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { openRecording } from '../../../src/recording/recording.js';
import { seededRandom } from '../diagnosis/random.js';
import { materialOf, mutated } from './mutations.js';
import { readAll, recorded } from './recorded.js';

/** `scripts/fuzz-recordings` asks for more, and from elsewhere. */
const MUTATIONS = Number(process.env.FAULTSCOPE_FUZZ_MUTATIONS ?? 2000);
const SEED = Number(process.env.FAULTSCOPE_FUZZ_SEED ?? 1);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultscope-fuzz.'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A real session, of which a few records of each kind are left in each moment. */
function fewOfEach(batches: readonly (readonly FaultscopeRecord[])[]): FaultscopeRecord[][] {
  return batches.map((records) => {
    const counts = new Map<string, number>();
    return records.filter(({ kind }) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return count <= 6;
    });
  });
}

/** All that is done with a recording; what it was good for. */
function use(path: string): 'refused' | 'read' {
  try {
    const recording = openRecording(path);
    try {
      const trace = new Trace(recording.session);
      for (const records of recording.batches()) for (const record of records) trace.apply(record);
      const snapshot = trace.snapshot();
      const diagnosis = diagnose(snapshot);
      renderJson(summaryOf(snapshot, diagnosis));
      renderReport(snapshot, diagnosis);
      return 'read';
    } finally {
      recording.close();
    }
  } catch (error) {
    if (error instanceof FaultscopeError) return 'refused';
    throw error;
  }
}

test('whatever is done to a recording, it is read as far as it goes or refused in one line', {
  timeout: 120_000 + 100 * MUTATIONS,
}, async () => {
  const real = readAll(fileURLToPath(new URL('../../fixtures/recordings/v1.fscope', import.meta.url)));
  const moments = fewOfEach(real.batches);
  const material = materialOf(readFileSync(await recorded(directory, moments)), moments);
  const path = join(directory, 'mutated.fscope');
  const outcomes = { refused: 0, read: 0 };
  const failures: string[] = [];
  for (let index = 0; index < MUTATIONS; index += 1) {
    const seed = SEED * 1_000_003 + index;
    const next = seededRandom(seed);
    writeFileSync(
      path,
      mutated(material, (below) => Math.floor(next() * below)),
    );
    try {
      outcomes[use(path)] += 1;
    } catch (error) {
      failures.push(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  if (MUTATIONS > 2000) console.log(outcomes, `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most`);
  expect(failures).toEqual([]);
  // Most of them are worth something, else nothing is tested beyond the first check.
  expect(outcomes.read).toBeGreaterThan(outcomes.refused);
});
