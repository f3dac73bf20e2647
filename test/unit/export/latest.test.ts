import { expect, test } from 'vitest';
import { Latest } from '../../../src/export/perfetto/latest.js';

test('what is asked for again and again is remembered however many come, and all of them are not', () => {
  const latest = new Latest<number, string>(10);
  latest.set(0, 'asked for');
  latest.set(1, 'not asked for');
  for (let key = 2; key < 1000; key += 1) {
    expect(latest.get(0)).toBe('asked for');
    latest.set(key, 'new');
    expect(latest.get(key)).toBe('new');
  }
  const remembered = Array.from({ length: 1000 }, (_, key) => key).filter((key) => latest.get(key) !== undefined);
  expect(remembered).not.toContain(1);
  expect(remembered.length).toBeLessThanOrEqual(20);
  for (let key = 991; key < 1000; key += 1) expect(remembered).toContain(key);
});
