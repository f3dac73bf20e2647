import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threadsVariants } from '../../../src/probe/variants.js';
import type { FaultRecord, FaultscopeRecord } from '../../../src/record/record.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { DirectProbe, HOST } from '../support/direct-probe.js';
import { faultsByFile, RecordedSession } from '../support/recorded-session.js';
import { numberOf, startWorkload, type Workload, type WorkloadEvent } from '../support/workload.js';

const THREADS = 4;
const ROUNDS = 8;
const TOUCHES = 300;
const ALL = THREADS * ROUNDS * TOUCHES;
const FILES = 4;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-churn-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function startChurn(pauseSeconds: number): Promise<Workload> {
  const sizes = ['--threads', THREADS, '--rounds', ROUNDS, '--touches', TOUCHES, '--files', FILES];
  return startWorkload('mapchurn', ['--dir', directory, '--pause', pauseSeconds, ...sizes].map(String));
}

/** The kernel's number of the device that the files are on; /proc/PID/maps has it, stat(2) spells it otherwise. */
function kernelDevice(): number {
  const { dev } = statSync(directory);
  return Math.floor(dev / 256) * 2 ** 20 + (dev % 256);
}

/** Touched pages by the file's inode, as the workload says. */
function touchedByInode(rounds: readonly WorkloadEvent[]): ReadonlyMap<number, number> {
  const touched = new Map<number, number>();
  for (const round of rounds) {
    const inode = numberOf(round, 'inode');
    touched.set(inode, (touched.get(inode) ?? 0) + numberOf(round, 'majflt'));
  }
  return touched;
}

/** What a fault should have been of, by its thread and page; undefined where that thread touched no such page. */
function isTrue({ tid, page, address }: FaultRecord, rounds: readonly WorkloadEvent[]): boolean {
  return rounds.some((round) => {
    const steps = Number(page?.index ?? -1n) - numberOf(round, 'first');
    return (
      numberOf(round, 'tid') === tid &&
      BigInt(numberOf(round, 'inode')) === page?.inode &&
      steps >= 0 &&
      steps % numberOf(round, 'spacing') === 0 &&
      steps / numberOf(round, 'spacing') < TOUCHES &&
      Number(address) === numberOf(round, 'address') + steps * 4096
    );
  });
}

describe.each(newestBpftrace())("files mapped in each other's place, with the bpftrace of $release", ({ path }) => {
  test('each fault is laid to the file and page it was of: exactly in the counts, and in all single ones', async () => {
    const workload = await startChurn(0.0005);
    const records: FaultscopeRecord[] = [];
    try {
      const variant = threadsVariants(HOST, { kind: 'native' }, { pages: true }).find(({ name }) =>
        name.startsWith('tracepoint,'),
      );
      if (variant === undefined) throw new Error('no variant');
      const onRecord = (record: FaultscopeRecord) => records.push(record);
      const probe = new DirectProbe({ pid: workload.pid, bpftrace: path, variant, ration: 400, onRecord });
      await probe.start();
      workload.go();
      const [result] = await workload.events('result', 1);
      const rounds = await workload.events('round', THREADS * ROUNDS);
      await later(300);
      await probe.stop();

      expect(result?.majflt).toBe(ALL);
      const truth = touchedByInode(rounds);
      const device = kernelDevice();
      const expected = Array.from(truth, ([inode, count]): [string, number] => [`${device} ${inode}`, count]);
      expect(new Map(faultsByFile(records))).toEqual(new Map(expected));

      const singles = records.filter((record) => record.kind === 'fault');
      expect(singles.length).toBeGreaterThan(300);
      expect(singles.filter((fault) => fault.page?.device !== device || !isTrue(fault, rounds))).toEqual([]);
      const weightOf = (inode: bigint) =>
        singles.filter(({ page }) => page?.inode === inode).reduce((sum, { weight }) => sum + weight, 0);
      for (const [inode, count] of truth) {
        expect(Math.abs(weightOf(BigInt(inode)) - count) / ALL, `share of file ${inode}`).toBeLessThan(0.02);
      }
      expect(records.filter(({ kind }) => kind === 'loss')).toEqual([]);
    } finally {
      await workload.end();
    }
  });
});

test('every file is called by its name, and no mapping is told that was not there', async () => {
  const workload = await startChurn(0.0015);
  const session = new RecordedSession(workload.pid);
  try {
    await session.start();
    workload.go();
    await workload.events('result', 1);
    const rounds = await workload.events('round', THREADS * ROUNDS);
    await session.stop();
    const paths = new Map(readdirSync(directory).map((name) => [statSync(join(directory, name)).ino, name]));
    for (const inode of touchedByInode(rounds).keys()) {
      const told = session.nameOf(BigInt(inode));
      expect(told?.path).toBe(join(directory, paths.get(inode) ?? '?'));
      expect(told).toMatchObject({ device: kernelDevice(), deleted: false });
      expect(told?.sizeBytes).toBe(BigInt(statSync(told?.path ?? '').size));
    }
    const singles = session.ofKind('fault').filter(({ page }) => page !== null);
    expect(singles.length).toBeGreaterThan(30);
    expect(singles.filter((fault) => !isTrue(fault, rounds))).toEqual([]);
    const sum = [...faultsByFile(session.records).values()].reduce((all, count) => all + count, 0);
    expect(sum).toBe(ALL);
  } finally {
    await workload.end();
  }
});
