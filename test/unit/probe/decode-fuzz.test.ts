import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryDecoder } from '../../../src/probe/decode-entry.js';
import { PageCacheDecoder } from '../../../src/probe/decode-pagecache.js';
import { RequestsDecoder } from '../../../src/probe/decode-requests.js';
import { StorageDecoder } from '../../../src/probe/decode-storage.js';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { WakersDecoder } from '../../../src/probe/decode-wakers.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { capture, VERSIONS } from './captures.js';

const DECODERS = [
  { name: 'threads.bt', create: () => new ThreadsDecoder(), attach: 'A 1000 1', run: 'threads.coldmmap' },
  { name: 'entry.bt', create: () => new EntryDecoder(), attach: 'A 1000', run: 'entry.coldmmap' },
  { name: 'storage.bt', create: () => new StorageDecoder(), attach: 'A 1000 1', run: 'storage.coldmmap' },
  { name: 'requests.bt', create: () => new RequestsDecoder(), attach: 'A 1000', run: 'requests.answers' },
  { name: 'wakers.bt', create: () => new WakersDecoder(), attach: 'A 1000 1', run: 'wakers.wakers' },
  { name: 'pagecache.bt', create: () => new PageCacheDecoder(), attach: 'A 1000 1', run: 'pagecache.pagecache' },
];

const CHARACTERS = [...'0123456789abcdefADEFNX@[](): ,-hslqe'];

describe.each(DECODERS)('whatever lines come instead of those of $name', ({ create, attach, run }) => {
  const real = [...new Set(VERSIONS.flatMap((version) => capture(run, version).lines))].filter((line) => line !== '');
  const mutated = fc
    .tuple(
      fc.constantFrom(...real),
      fc.nat({ max: 80 }),
      fc.nat({ max: 6 }),
      fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 6 }),
    )
    .map(([line, at, remove, insert]) => line.slice(0, at) + insert + line.slice(at + remove));
  const anything = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...CHARACTERS) }),
    mutated,
  );

  test('nothing is thrown, and every figure in a record is a count', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (lines) => {
        const decoder = create();
        const records = [attach, ...lines].flatMap((line) => decoder.line(line)).concat(decoder.finish());
        for (const record of records) expect(badFigures(record)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('a line is either a record, silence that is known, or counted as garbage', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (line) => {
        fc.pre(!/^(@|[A-Z] \d|Attach)/.test(line));
        const decoder = create();
        decoder.line(attach);
        decoder.line(line);
        expect(decoder.finish()).toMatchObject([{ kind: 'loss', what: 'garbage', count: 1 }]);
      }),
    );
  });
});

/** Fields that are not what their type promises: not a whole number from nought on. */
function badFigures(record: FaultscopeRecord): [string, unknown][] {
  return Object.entries(record).filter(([, value]) => {
    if (typeof value === 'number') return !Number.isInteger(value) || value < 0;
    return typeof value === 'bigint' && value < 0n;
  });
}
