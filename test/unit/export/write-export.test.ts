import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planExport } from '../../../src/export/export-plan.js';
import type { ExportedSession } from '../../../src/export/exported-session.js';
import { writeExport } from '../../../src/export/write-export.js';
import { recordedSession } from '../../support/exported.js';
import { scratchDirectory } from './scratch.js';
import { realRecords } from './sessions.js';

let scratch: ReturnType<typeof scratchDirectory>;

beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

/** A session that counts how often it is played. */
function countedSession(): ExportedSession & { plays: number } {
  const session = recordedSession(realRecords());
  return {
    plays: 0,
    *moments() {
      this.plays += 1;
      yield* session.moments();
    },
    end: () => session.end(),
  };
}

async function exported(name: string, table: string | null): Promise<{ plays: number; contents: Map<string, string> }> {
  const session = countedSession();
  const path = join(scratch.path, name);
  const written = await writeExport(planExport(path, { format: null, table }), session, { force: true });
  const contents = new Map(written.map((file) => [file.path, readFileSync(file.path, 'utf8')]));
  return { plays: session.plays, contents };
}

test('all tables of csv cost one play of the session, and are what each is alone', async () => {
  const all = await exported('all.csv', null);
  expect(all.plays).toBe(1);
  expect(readdirSync(scratch.path)).toEqual(['all.faults.csv', 'all.stalls.csv', 'all.threads.csv']);
  for (const table of ['threads', 'faults', 'stalls']) {
    const alone = await exported('alone.csv', table);
    expect([...alone.contents.values()]).toEqual([all.contents.get(join(scratch.path, `all.${table}.csv`))]);
  }
});

test('a file with a time axis costs one play, and one without is made of the end alone', async () => {
  expect((await exported('one.csv', 'faults')).plays).toBe(1);
  expect((await exported('trace.pftrace', null)).plays).toBe(1);
  expect((await exported('one.csv', 'threads')).plays).toBe(0);
  expect((await exported('summary.json', null)).plays).toBe(0);
});
