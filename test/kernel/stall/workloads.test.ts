import { expect, test } from 'vitest';
import { ANY_GO, go } from '../support/go.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { numberOf } from '../support/workload.js';

test('what the Go workloads make of their measurements is tested', () => {
  go(ANY_GO.version, 'vet', './...');
  expect(go(ANY_GO.version, 'test', './truth')).toMatch(/^ok/);
});

test('a page that goread touches is a major fault for the kernel, and takes the time it takes', async () => {
  const argv = ['-readers', '2', '-seconds', '2'];
  const [truth] = await withSlowGoread(4, 1, argv, (workload) => {
    workload.go();
    return workload.events('result', 1);
  });
  if (truth === undefined) throw new Error('goread said nothing');
  const touches = numberOf(truth, 'touches');
  expect(numberOf(truth, 'majflt')).toBe(touches);
  // One P: one page at a time, next to no time in between.
  expect(numberOf(truth, 'fullStallNs') / touches).toBeGreaterThan(4e6);
  expect(numberOf(truth, 'fullStallNs')).toBeLessThanOrEqual(numberOf(truth, 'durationNs'));
});
