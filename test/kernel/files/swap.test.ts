import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threadsVariants } from '../../../src/probe/variants.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { DirectProbe, HOST } from '../support/direct-probe.js';
import { faultsByFile, RecordedSession } from '../support/recorded-session.js';
import { numberOf, startWorkload, type Workload } from '../support/workload.js';
import { ZramSwap } from '../support/zram-swap.js';

let directory = '';
let swap: ZramSwap;
beforeAll(async () => {
  directory = mkdtempSync('/var/tmp/faultscope-swap-');
  swap = new ZramSwap();
  await swap.begin(64);
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await swap.end();
});

const TOUCHES = 150;
const PAGED_OUT = 1000;

function startBoth(): Promise<Workload> {
  const sizes = ['--touches', TOUCHES, '--anonymous', PAGED_OUT, '--pause', 0.001];
  return startWorkload('touchpages', ['--file', join(directory, 'data'), ...sizes].map(String));
}

describe.each(newestBpftrace())('with the bpftrace of $release', ({ path }) => {
  test('pages swapped in are counted apart from those of a file, in a thread that takes turns with both', async () => {
    const workload = await startBoth();
    const records: FaultscopeRecord[] = [];
    try {
      const [variant] = threadsVariants({ ...HOST, bpftrace: '0.17.0' }, { kind: 'native' }, { pages: true });
      if (variant === undefined) throw new Error('no variant');
      const onRecord = (record: FaultscopeRecord) => records.push(record);
      const probe = new DirectProbe({ pid: workload.pid, bpftrace: path, variant, ration: 1000, onRecord });
      await probe.start();
      workload.go();
      const [truth] = await workload.events('result', 1);
      await later(300);
      await probe.stop();
      if (truth === undefined) throw new Error('no result');
      const swappedIn = numberOf(truth, 'anonymousMajflt');
      expect(swappedIn).toBeGreaterThan(PAGED_OUT / 2);
      expect(truth.fileMajflt).toBe(TOUCHES);
      const byInode = Array.from(faultsByFile(records), ([key, count]) => `${count} of inode ${key.split(' ')[1]}`);
      expect(byInode.sort()).toEqual([`${TOUCHES} of inode ${truth.inode}`, `${swappedIn} of inode 0`].sort());
      const inFile = (address: bigint) => {
        const offset = Number(address) - numberOf(truth, 'address');
        return offset >= 0 && offset < TOUCHES * 8 * 4096;
      };
      const singles = records.filter((record) => record.kind === 'fault');
      expect(singles).toHaveLength(swappedIn + TOUCHES);
      expect(singles.filter(({ page, address }) => (page !== null) !== inFile(address))).toEqual([]);
    } finally {
      await workload.end();
    }
  });
});

test('a page swapped in is in anonymous memory', async () => {
  const workload = await startBoth();
  const session = new RecordedSession(workload.pid);
  try {
    await session.start();
    workload.go();
    await workload.events('result', 1);
    await session.stop();
    const mappings = session.ofKind('mapping');
    const swapIns = session.ofKind('fault').filter(({ page }) => page === null);
    expect(swapIns.length).toBeGreaterThan(10);
    const kinds = swapIns.map(
      ({ address }) => mappings.find(({ start, end }) => start <= address && address < end)?.of,
    );
    expect(new Set(kinds)).toEqual(new Set(['anonymous']));
  } finally {
    await workload.end();
  }
});
