import { describe, expect, test } from 'vitest';
import type { Variant } from '../../../src/probe/variants.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { DirectProbe } from '../support/direct-probe.js';
import { bpftracesOf } from '../support/processes.js';
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

  test('thousands of threads that come and go while bpftrace is held up: every one is known to have ended, and all of its life', async () => {
    const sizes = ['--seconds', '4', '--rate', '1000', '--faults', '0'];
    const workload = await startWorkload('threadchurn', ['--hold', ...sizes]);
    try {
      const probe = new DirectProbe({
        pid: workload.pid,
        bpftrace: path,
        variant: TRACEPOINT,
        cells: 40_000,
        cpus: 64,
      });
      await probe.start();
      const tracers = bpftracesOf(workload.pid);
      expect(tracers).toHaveLength(1);
      for (const tracer of tracers) process.kill(tracer, 'SIGSTOP');
      workload.go();
      const [truth] = await workload.results();
      for (const tracer of tracers) process.kill(tracer, 'SIGCONT');
      const { totals, threads } = await probe.stop();
      const started = (truth && numberOf(truth, 'started')) ?? 0;
      expect(started).toBeGreaterThan(3000);
      expect(totals).toMatchObject({ threadsEnded: started + 6, threadsAlive: 0 });
      const life = threads.reduce((sum, { lifetimeNs }) => sum + lifetimeNs, 0);
      const residue = threads.reduce((sum, { residueNs }) => sum + Math.abs(residueNs), 0);
      expect(residue / life).toBeLessThan(0.01);
    } finally {
      await workload.end();
    }
  });
});
