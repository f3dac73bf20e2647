import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { deviceOf, readsOf } from '../support/slow-device.js';
import { AT_ONCE, lostIos, tracedFaultReads } from '../support/storage.js';
import { numberOf, startWorkload } from '../support/workload.js';
import { ZramSwap } from '../support/zram-swap.js';

const PAGES = 2000;
/** The first bios of a device without requests tell only that it is one. */
const UNSEEN = 5;

describe.skipIf(!existsSync('/sys/block/zram0'))('swap in compressed memory', () => {
  let swap: ZramSwap;
  beforeAll(async () => {
    swap = new ZramSwap();
    await swap.begin(64);
  }, 120_000);
  afterAll(() => swap.end());

  test.each(newestBpftrace())(
    'bpftrace of $release: swap-ins that never sleep are counted with their time, and their device is known for swap',
    async ({ path }) => {
      const reader = await startWorkload('swapreader', ['--pages', String(PAGES), '--hold'], AT_ONCE);
      try {
        const { summary, truth } = await tracedFaultReads(reader, path);
        const device = deviceOf(summary.storage, 'zram0');
        expect(device.swap).toBe(true);
        const { count, bytes, queue, service, whole } = readsOf(device, 'fault');
        expect({ touched: PAGES, majflt: numberOf(truth, 'majflt') }).toEqual({ touched: PAGES, majflt: PAGES });
        expect(count).toBeLessThanOrEqual(PAGES);
        expect(count).toBeGreaterThanOrEqual(PAGES - UNSEEN - lostIos(summary));
        expect(bytes).toBe(count * 4096);
        expect({ queue, service }).toEqual({ queue: null, service: null });
        // A touch is decompressing and the way through the kernel, tracing included.
        expect(whole?.totalNs).toBeLessThan(numberOf(truth, 'totalNs'));
        expect(whole?.meanNs).toBeGreaterThan(300);

        // No thread waits, and so no wait has their time: it is not lost all the same.
        const { majorFaults, majorFaultsNoSleep, exactFaultLatency } = summary.totals;
        expect(majorFaults).toBeGreaterThanOrEqual(PAGES);
        // On a full machine one may wait for memory.
        expect(majorFaultsNoSleep).toBeGreaterThanOrEqual(PAGES * 0.99);
        expect(exactFaultLatency?.count).toBeGreaterThanOrEqual(PAGES);
        const finding = summary.findings.find(({ id }) => id === 'swap-in');
        expect(finding?.title).toContain('without a wait: it is CPU time');
        expect(finding?.evidence.join(' ')).toMatch(/From its entry to its end .* zram0, which holds swap, answered/);
      } finally {
        await reader.end();
      }
    },
  );
});
