import { describe, expect, test } from 'vitest';
import type { Variant } from '../../../src/probe/variants.js';
import { bpftraces } from '../support/bpftraces.js';
import { DirectProbe } from '../support/direct-probe.js';
import { Faultscope } from '../support/faultscope.js';
import { numberOf, startWorkload } from '../support/workload.js';

const TRACEPOINT: Variant = { name: 'tracepoint', registers: 'x86-64', patches: [] };

describe.each(bpftraces())('with the bpftrace of $release', ({ path }) => {
  test('a session outlives thousands of threads a second that end while figures are read', async () => {
    // No faults: as many threads as the machine can start.
    const workload = await startWorkload('threadchurn', [
      '--hold',
      '--seconds',
      '15',
      '--rate',
      '20000',
      '--faults',
      '0',
    ]);
    try {
      const faultscope = new Faultscope(['--pid', String(workload.pid), '--bpftrace', path, '--interval', '100ms']);
      await faultscope.attached(workload.pid);
      workload.go();
      const summary = await faultscope.success();
      expect(summary.quality.probes.find(({ set }) => set === 'threads')).toMatchObject({
        state: 'stopped',
        detail: null,
      });
    } finally {
      await workload.end();
    }
  });

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
