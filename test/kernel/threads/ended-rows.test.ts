import { describe, expect, test } from 'vitest';
import type { Variant } from '../../../src/probe/variants.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { DirectProbe } from '../support/direct-probe.js';
import { numberOf, startWorkload } from '../support/workload.js';

const TRACEPOINT: Variant = { name: 'tracepoint', registers: 'x86-64', patches: [] };

describe.each(newestBpftrace())('with the bpftrace of $release', ({ path }) => {
  test('ended threads give their rows back: many more of them than rows there are', async () => {
    const rows = 1500;
    const workload = await startWorkload('threadchurn', [
      '--hold',
      '--seconds',
      '5',
      '--rate',
      '1000',
      '--faults',
      '0',
    ]);
    try {
      const probe = new DirectProbe({ pid: workload.pid, bpftrace: path, variant: TRACEPOINT, mapKeys: rows });
      await probe.start();
      workload.go();
      const [truth] = await workload.results();
      const { quality } = await probe.stop();
      expect(truth && numberOf(truth, 'started')).toBeGreaterThan(2 * rows);
      const texts = quality.notes.map(({ text }) => text);
      expect(texts).not.toContainEqual(expect.stringMatching(/switches of threads without a row/));
    } finally {
      await workload.end();
    }
  });
});
