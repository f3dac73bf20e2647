import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { Faultscope } from '../support/faultscope.js';
import { measureBefore } from '../support/measure-before.js';
import { startWorkload } from '../support/workload.js';

const MIB = 64;
const hasPressure = existsSync('/proc/pressure/io');

/** Microseconds in which some tasks were held up for I/O, as a person would read them off. */
function heldUpForIoUs(): number {
  return Number(/^some .* total=(\d+)$/m.exec(readFileSync('/proc/pressure/io', 'utf8'))?.[1]);
}

interface DataFile {
  readonly path: string;
  readonly bytes: number;
}

/** Mapped files of a process that are not its program or a library. */
function dataFilesOf(pid: number): DataFile[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return lines
    .map((line) => line.split(/\s+/))
    .filter(([, , , , , path]) => path !== undefined && basename(path).startsWith('faultscope-cold'))
    .map(([range = '', , , , , path = '']) => {
      const [start, end] = range.split('-').map((hex) => Number.parseInt(hex, 16));
      return { path, bytes: (end ?? 0) - (start ?? 0) };
    });
}

describe('a process that reads a cold mapping all the time', () => {
  const truth: { dataFiles: DataFile[]; heldUp: number } = { dataFiles: [], heldUp: 0 };
  let summary: Summary;

  measureBefore(async () => {
    const workload = await startWorkload('coldmmap', ['--hold', '--mib', String(MIB), '--threads', '3']);
    try {
      const faultscope = new Faultscope(['--pid', String(workload.pid), '--interval', '200ms']);
      await faultscope.attached(workload.pid);
      truth.dataFiles = dataFilesOf(workload.pid);
      workload.go();
      const begin = { atNs: process.hrtime.bigint(), us: hasPressure ? heldUpForIoUs() : 0 };
      await later(5000);
      const end = { atNs: process.hrtime.bigint(), us: hasPressure ? heldUpForIoUs() : 0 };
      truth.heldUp = ((end.us - begin.us) * 1000) / Number(end.atNs - begin.atNs);
      summary = await faultscope.finish();
    } finally {
      await workload.end();
    }
  });

  test('faults in that mapping, and nowhere else worth a word', () => {
    const [file] = truth.dataFiles;
    const [top] = summary.mappings;
    expect(truth.dataFiles).toHaveLength(1);
    expect(top).toMatchObject({ of: 'file', path: file?.path, sizeBytes: file?.bytes });
    const all = summary.mappings.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
    expect((top?.majorFaults ?? 0) / all).toBeGreaterThan(0.95);
    // The weights of the single faults that arrived add up to all faults, but for those still to come at the end.
    expect(all / summary.totals.majorFaults).toBeGreaterThan(0.7);
    expect(all / summary.totals.majorFaults).toBeLessThan(1.3);
  });

  test('has as much user and system time as its threads were on the CPU', () => {
    if (summary.symptoms === undefined) throw new Error('no symptoms');
    const { process, durationNs } = summary.symptoms;
    const usedNs = (process.userCpus + process.systemCpus) * durationNs;
    expect(durationNs).toBeLessThanOrEqual(summary.window.durationNs);
    expect(durationNs).toBeGreaterThan(summary.window.durationNs * 0.8);
    // It rests until the first reading, and goes on for up to an interval after the last.
    expect(usedNs / summary.totals.timeNs.onCpu).toBeGreaterThan(0.9);
    expect(usedNs / summary.totals.timeNs.onCpu).toBeLessThan(1.05);
  });

  test('has as many threads waiting for I/O as were blocked in faults, on average', () => {
    const { fault, disk } = summary.totals.timeNs;
    const blocked = (fault + disk) / summary.window.durationNs;
    expect(blocked).toBeGreaterThan(0.2);
    expect((summary.symptoms?.process.ioWaitThreads ?? 0) / blocked).toBeGreaterThan(0.8);
    expect((summary.symptoms?.process.ioWaitThreads ?? 0) / blocked).toBeLessThan(1.25);
  });

  test.skipIf(!hasPressure)('holds tasks up for I/O as much as /proc/pressure/io says', () => {
    expect(truth.heldUp).toBeGreaterThan(0.1);
    expect(Math.abs((summary.symptoms?.ioPressure?.some ?? -1) - truth.heldUp)).toBeLessThan(0.15);
  });
});
