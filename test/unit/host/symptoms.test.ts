import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCpuLine } from '../../../src/host/proc-cpu.js';
import { parsePressure } from '../../../src/host/proc-pressure.js';
import { SymptomReader } from '../../../src/host/symptoms.js';
import { FakeProc } from './fake-proc.js';

const CPU_LINE = 'cpu  1200665 20 446039 2053501 119261 300 54237 85560 77 0\ncpu0 615477 0 213555 1 2 3 4 5 0 0\n';
const PRESSURE = (some: number, full: number) =>
  `some avg10=29.88 avg60=27.04 avg300=26.93 total=${some}\nfull avg10=2.97 avg60=6.34 avg300=9.57 total=${full}\n`;

describe('the line of all CPUs', () => {
  test('counts nice as user time, interrupts as system time, and guests once', () => {
    expect(parseCpuLine(CPU_LINE)).toEqual({
      userTicks: 1_200_685,
      systemTicks: 446_039 + 300 + 54_237,
      iowaitTicks: 119_261,
      idleTicks: 2_053_501,
      stealTicks: 85_560,
    });
  });

  test('of a kernel that knows no steal is read all the same', () => {
    expect(parseCpuLine('cpu  1 2 3 4 5 6 7\n')).toMatchObject({ userTicks: 3, systemTicks: 16, stealTicks: 0 });
  });

  test.each(['', 'cpu0 1 2 3 4 5 6 7 8\n', 'intr 5\n', 'cpu  1 2 3\n'])('is not found in %j', (text) => {
    expect(parseCpuLine(text)).toBeNull();
  });
});

describe('pressure', () => {
  test('is the totals, not the averages', () => {
    expect(parsePressure(PRESSURE(1_471_620_133, 697_990_843))).toEqual({
      someUs: 1_471_620_133,
      fullUs: 697_990_843,
    });
  });

  test.each(['', 'some avg10=0.00 total=5\n', 'nonsense total=5\n'])('is not known from %j', (text) => {
    expect(parsePressure(text)).toBeNull();
  });
});

describe('a reading', () => {
  let proc: FakeProc;
  const pressure = (name: string, text: string) => {
    mkdirSync(join(proc.root, 'pressure'), { recursive: true });
    writeFileSync(join(proc.root, 'pressure', name), text);
  };

  beforeEach(() => {
    proc = new FakeProc();
    writeFileSync(join(proc.root, 'stat'), CPU_LINE);
    proc.process(7, { userTicks: 41, systemTicks: 42 });
  });
  afterEach(() => proc.remove());

  test('holds the process, the host and both pressures, each time anew', () => {
    pressure('memory', PRESSURE(1, 2));
    pressure('io', PRESSURE(3, 4));
    const reader = new SymptomReader(7, proc.root);
    const first = reader.read(() => 5n);
    expect(first).toMatchObject({ kind: 'system', atNs: 5n, userTicks: 41, systemTicks: 42 });
    expect(first).toMatchObject({
      host: { userTicks: 1_200_685, idleTicks: 2_053_501 },
      memoryPressure: { someUs: 1, fullUs: 2 },
      ioPressure: { someUs: 3, fullUs: 4 },
    });
    proc.updateProcess(7, { userTicks: 50, systemTicks: 60 });
    pressure('io', PRESSURE(30, 40));
    expect(reader.read(() => 6n)).toMatchObject({
      atNs: 6n,
      userTicks: 50,
      systemTicks: 60,
      ioPressure: { someUs: 30, fullUs: 40 },
    });
    reader.close();
  });

  test('says null for pressure where the kernel has none', () => {
    const reader = new SymptomReader(7, proc.root);
    expect(reader.read(() => 5n)).toMatchObject({ userTicks: 41, memoryPressure: null, ioPressure: null });
    reader.close();
  });

  test('is not made of a process that does not exist', () => {
    rmSync(join(proc.root, '7'), { recursive: true });
    const reader = new SymptomReader(7, proc.root);
    expect(reader.read(() => 5n)).toBeNull();
    reader.close();
  });

  test('of this very process grows with the work it does', () => {
    const reader = new SymptomReader(process.pid);
    const before = reader.read(process.hrtime.bigint);
    const { user, system } = process.cpuUsage();
    while (process.cpuUsage({ user, system }).user < 150_000) {
      for (let step = 0; step < 1e6; step += 1) Math.sqrt(step);
    }
    const after = reader.read(process.hrtime.bigint);
    const spent = process.cpuUsage({ user, system });
    expect(after?.host.idleTicks).toBeGreaterThan(0);
    const ticks =
      (after?.userTicks ?? 0) + (after?.systemTicks ?? 0) - (before?.userTicks ?? 0) - (before?.systemTicks ?? 0);
    const spentTicks = (spent.user + spent.system) / 10_000;
    // Two counters, each rounded down at both ends.
    expect(Math.abs(ticks - spentTicks)).toBeLessThanOrEqual(3);
    reader.close();
  });

  test('of a process that has ended is null, whoever gets its number', async () => {
    const child = spawn('sleep', ['60']);
    const reader = new SymptomReader(child.pid ?? -1);
    expect(reader.read(() => 1n)).not.toBeNull();
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(reader.read(() => 2n)).toBeNull();
    reader.close();
  });
});
