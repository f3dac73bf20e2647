import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf } from '../../../src/text/cell.js';
import { pathCell } from '../../../src/text/path.js';

test.each([
  ['/srv/data/cold.dat', 20, '/srv/data/cold.dat  '],
  ['/srv/data/cold.dat', 18, '/srv/data/cold.dat'],
  ['/srv/data/cold.dat', 17, '~/data/cold.dat  '],
  ['/srv/data/cold.dat', 10, '~/cold.dat'],
  ['/srv/data/cold.dat', 8, '~old.dat'],
  ['/a/a-very-long-name-without-a-slash', 12, '~out-a-slash'],
  ['/srv/漢字/索引', 8, '~/索引  '],
  ['/srv/漢字/索引', 5, '~索引'],
  ['/a', 0, ''],
])('%s in %i columns is "%s"', (path, width, expected) => {
  expect(pathCell(path, width)).toBe(expected);
});

test('any path takes exactly the columns it is given, and is safe', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (path, width) => {
      const text = pathCell(path, width);
      expect(columnsOf(text)).toBe(width);
      expect(text).not.toMatch(/\p{Cc}/u);
    }),
  );
});
