import { expect, it } from 'vitest';
import { RecordingNotes } from '../../../src/replay/recording-notes.js';
import { figuresAfter, film } from './film.js';

const SNAPSHOT = figuresAfter(film(3), 3);

it('leaves a snapshot alone as long as nothing is known against its recording', () => {
  expect(new RecordingNotes(() => []).noted(SNAPSHOT)).toBe(SNAPSHOT);
});

it('puts warnings last among the notes, as the same object until there are more', () => {
  let warnings = ['one moment is missing'];
  const notes = new RecordingNotes(() => warnings);
  const first = notes.noted(SNAPSHOT);
  expect(first.quality.notes.at(-1)).toEqual({ atNs: 3e9, text: 'the recording: one moment is missing' });
  warnings = [...warnings];
  expect(notes.noted(SNAPSHOT)).toBe(first);
  warnings = [...warnings, 'it has no end'];
  expect(notes.noted(SNAPSHOT).quality.notes.map(({ text }) => text)).toEqual([
    'the recording: one moment is missing',
    'the recording: it has no end',
  ]);
});

it('remembers what was known once, when the recording is read anew', () => {
  let warnings = ['it has no end'];
  const notes = new RecordingNotes(() => warnings);
  const noted = notes.noted(SNAPSHOT);
  warnings = [];
  expect(notes.noted(SNAPSHOT)).toBe(noted);
  expect(notes.known).toEqual(['it has no end']);
});
