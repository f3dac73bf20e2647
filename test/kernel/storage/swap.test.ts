import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpftraces } from '../support/bpftraces.js';
import { deviceOf, readsOf } from '../support/slow-device.js';
import { AT_ONCE, lostIos, tracedFaultReads } from '../support/storage.js';
import { numberOf, startWorkload } from '../support/workload.js';

const PAGES = 2000;
/** The first bios of a device without requests tell only that it is one. */
const UNSEEN = 5;

/** There is one: whoever uses it holds this lock. */
const LOCK = '/var/tmp/zram.lock';

const hasZram = existsSync('/sys/block/zram0');

describe.skipIf(!hasZram)('swap in compressed memory', () => {
  const lock = spawn('flock', [LOCK, 'sh', '-c', 'echo locked; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });

  beforeAll(async () => {
    await once(lock.stdout, 'data');
    writeFileSync('/sys/block/zram0/disksize', String(64 * 2 ** 20));
    execFileSync('mkswap', ['/dev/zram0']);
    execFileSync('swapon', ['--priority', '32767', '/dev/zram0']);
  }, 120_000);

  afterAll(async () => {
    execFileSync('swapoff', ['/dev/zram0']);
    writeFileSync('/sys/block/zram0/reset', '1');
    lock.stdin.end();
    await once(lock, 'close');
  });

  test.each(bpftraces())(
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
      } finally {
        await reader.end();
      }
    },
  );
});
