import { expect, test } from 'vitest';
import { RecordedSession } from '../../../src/export/exported-session.js';
import { summaryOf } from '../../../src/export/summary.js';
import { SECOND, SESSION, tick } from '../model/records.js';

test('what a damaged recording lacks is among the notes of the summary, with the time it ends', () => {
  const warnings: string[] = [];
  const batches = function* () {
    yield [SESSION, tick(5n * SECOND)];
    warnings.push('it breaks off after 00:05');
  };
  const session = new RecordedSession(SESSION, batches, () => warnings);
  const { snapshot, diagnosis } = session.end();
  expect(summaryOf(snapshot, diagnosis).quality.notes).toEqual([
    { atNs: 5_000_000_000, text: 'the recording: it breaks off after 00:05' },
  ]);
});

test('a sound recording adds no note', () => {
  const session = new RecordedSession(SESSION, () => [[SESSION, tick(SECOND)]]);
  expect(session.end().snapshot.quality.notes).toEqual([]);
});
