import { expect, test } from 'vitest';
import { deviceOf, readsOf, SlowDevice } from '../support/slow-device.js';
import { AT_ONCE, lostIos, tracedFaultReads } from '../support/storage.js';
import { until } from '../support/until.js';
import { numberOf, startWorkload, Workload } from '../support/workload.js';

const DELAY_MS = 2;
const PAGES = 120;
const REQUESTS = 4;
/** Each waits for a request of its own. */
const READERS = 24;

test('faults behind the I/O of another process wait in the queue, and the finding says whose it is', async () => {
  const device = await SlowDevice.attach(DELAY_MS);
  device.limitRequests(REQUESTS);
  const before = device.reads;
  const job = ['--name=crowd', `--filename=${device.path}`, '--rw=randread', '--bs=4k', '--readonly'];
  const fio = new Workload('fio', [
    ...job,
    ...['--direct=1', '--ioengine=psync', '--thread', `--numjobs=${READERS}`, '--time_based', '--runtime=60'],
  ]);
  const reader = await startWorkload(
    'fusereader',
    ['--file', device.path, '--pages', String(PAGES), '--hold'],
    AT_ONCE,
  );
  try {
    await until('fio to read', () => device.reads > before + 100);
    const { summary, truth } = await tracedFaultReads(reader, '/usr/bin/bpftrace');
    const disk = deviceOf(summary.storage, device.name);
    const { count, queue, service } = readsOf(disk, 'fault');
    expect(count).toBeLessThanOrEqual(PAGES);
    expect(count).toBeGreaterThanOrEqual(PAGES - lostIos(summary));
    const read = (queue?.totalNs ?? 0) + (service?.totalNs ?? 0);
    expect(read).toBeLessThan(numberOf(truth, 'totalNs'));
    expect(read).toBeGreaterThan(numberOf(truth, 'totalNs') * 0.9);
    expect(queue?.totalNs).toBeGreaterThan((service?.totalNs ?? 0) * 1.5);
    expect(readsOf(disk, 'others').count).toBeGreaterThan(count);

    const finding = summary.findings.find(({ id }) => id === 'disk-queue');
    expect(finding?.title).toMatch(/^Fault reads wait [\d.]+ms in the queue of loop\d+ .* of its I\/O is others'\.$/);
    expect(summary.findings.map(({ id }) => id)).not.toContain('slow-disk');
  } finally {
    await reader.end();
    fio.kill('SIGINT');
    await fio.results();
    await device.end();
  }
});
