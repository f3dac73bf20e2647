import { expect, test } from 'vitest';
import { patternAdvice } from '../../../src/diagnosis/file-words.js';
import type { AccessPattern, FileView } from '../../../src/model/files-view.js';

const pattern = (kind: AccessPattern['kind'], sequentialFraction = 0): AccessPattern => ({
  kind,
  sequentialFraction,
  hotFraction: 0.1,
  evenFraction: 0.8,
  hotRange: { fromByte: 4096, toByte: 8192 },
  samples: 1000,
});
const advice = (of: FileView['of'], how: AccessPattern | null, { exact = true, kernelCounts = true } = {}) =>
  patternAdvice({ of, pattern: how, exact }, { exact: kernelCounts }).join(' ');

test('advice fits the order in which a file is read', () => {
  expect(advice('file', pattern('sequential', 0.9))).toMatch(/MADV_SEQUENTIAL.*MADV_WILLNEED.*readahead/s);
  expect(advice('file', pattern('random'))).toMatch(/MADV_RANDOM/);
  expect(advice('file', pattern('random', 0.3)), 'a scan among it').toMatch(/MADV_RANDOM would slow the scan/);
  expect(advice('file', pattern('clustered'))).toMatch(
    /bytes 4096 to 8192 .*MADV_WILLNEED.*MADV_POPULATE_READ.*mlock/s,
  );
  expect(advice('file', null)).toBe('');
});

test('what was swapped out is not to be read ahead, whatever it is mapped from', () => {
  const swapped = /^It was swapped out/;
  expect(advice('anonymous', null)).toMatch(swapped);
  expect(advice('shared', null)).toMatch(swapped);
  expect(advice('file', pattern('sequential', 0.9), { exact: false }), 'private copies of its pages').toMatch(swapped);
  expect(advice('file', pattern('sequential', 0.9), { exact: false, kernelCounts: false })).toMatch(/MADV_SEQUENTIAL/);
});
