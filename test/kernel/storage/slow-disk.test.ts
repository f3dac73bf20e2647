import { expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { deviceOf, readsOf, SlowDevice } from '../support/slow-device.js';
import { AT_ONCE, lostIos, tracedFaultReads } from '../support/storage.js';
import { numberOf, startWorkload } from '../support/workload.js';

const DELAY_MS = 5;
const PAGES = 150;

test.each(newestBpftrace())(
  'bpftrace of $release: each fault read of a slow disk is counted, and its time is the disk, not the queue',
  async ({ path }) => {
    const device = await SlowDevice.attach(DELAY_MS);
    const argv = ['--file', device.path, '--pages', String(PAGES), '--hold'];
    const reader = await startWorkload('fusereader', argv, AT_ONCE);
    const before = device.reads;
    try {
      const { summary, truth } = await tracedFaultReads(reader, path);
      const { count, bytes, queue, service, whole } = readsOf(deviceOf(summary.storage, device.name), 'fault');
      expect({ disk: device.reads - before, majflt: numberOf(truth, 'majflt') }).toEqual({
        disk: PAGES,
        majflt: PAGES,
      });
      expect(count).toBeLessThanOrEqual(PAGES);
      expect(count).toBeGreaterThanOrEqual(PAGES - lostIos(summary));
      expect(bytes).toBe(count * 4096);
      expect(whole).toBeNull();
      // A touch is its read, and what the kernel does before and after.
      const read = (queue?.totalNs ?? 0) + (service?.totalNs ?? 0);
      expect(read).toBeLessThan(numberOf(truth, 'totalNs'));
      expect(read).toBeGreaterThan(numberOf(truth, 'totalNs') * 0.9);
      expect(service?.meanNs).toBeGreaterThan(DELAY_MS * 1e6);
      expect(queue?.meanNs).toBeLessThan(DELAY_MS * 1e6 * 0.1);

      const finding = summary.findings.find(({ id }) => id === 'slow-disk');
      expect(finding?.title).toMatch(
        new RegExp(`^The disk ${device.name} answers in \\d+\\.\\dms \\(p50 of ${count} fault reads\\)\\.$`),
      );
      expect(summary.findings.map(({ id }) => id)).not.toContain('disk-queue');
    } finally {
      await reader.end();
      await device.end();
    }
  },
);
