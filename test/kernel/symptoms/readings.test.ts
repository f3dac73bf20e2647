import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import split2 from 'split2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicNs } from '../../../src/host/clock.js';
import { SymptomReader } from '../../../src/host/symptoms.js';
import type { Symptoms } from '../../../src/model/snapshot.js';
import { SymptomLedger } from '../../../src/model/symptoms.js';
import type { SystemRecord } from '../../../src/record/record.js';

/** Burns user and system time by turns, and says what getrusage(RUSAGE_SELF) says of it whenever it is asked. */
const BURNER = `
const { statSync } = require('node:fs');
process.on('message', () => process.send(process.resourceUsage()));
const burn = () => {
  for (let step = 0, sum = 0; step < 2e6; step += 1) sum += Math.sqrt(step);
  for (let call = 0; call < 1000; call += 1) statSync('/');
  setImmediate(burn);
};
burn();
`;

const directory = mkdtempSync(join(tmpdir(), 'faultscope-symptoms-'));
let burner: ChildProcess;
let reader: SymptomReader;

beforeAll(async () => {
  const script = join(directory, 'burner.cjs');
  writeFileSync(script, BURNER);
  burner = fork(script);
  await askUsage();
  reader = new SymptomReader(burner.pid ?? -1);
});

afterAll(() => {
  reader.close();
  burner.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

async function askUsage(): Promise<NodeJS.ResourceUsage> {
  burner.send('usage');
  const [usage] = (await once(burner, 'message')) as [NodeJS.ResourceUsage];
  return usage;
}

function read(): SystemRecord {
  const record = reader.read(monotonicNs);
  if (record === null) throw new Error('the burner is gone');
  return record;
}

function between(first: SystemRecord, last: SystemRecord): Symptoms {
  const ledger = new SymptomLedger();
  ledger.apply(first);
  ledger.tick(0, 0);
  ledger.apply(last);
  const symptoms = ledger.tick(0, 1e9);
  if (symptoms === null) throw new Error('nothing between the readings');
  return symptoms;
}

/** CPU time in microseconds, from shares of the time. */
function spentUs({ process, durationNs }: Symptoms): { user: number; system: number } {
  return { user: (process.userCpus * durationNs) / 1000, system: (process.systemCpus * durationNs) / 1000 };
}

test('user and system time of the process are what getrusage says of it, to the tick', async () => {
  // What it says of itself is true at some moment between two of our readings.
  const begin = { before: read(), usage: await askUsage(), after: read() };
  await later(3000);
  const end = { before: read(), usage: await askUsage(), after: read() };
  const least = spentUs(between(begin.after, end.before));
  const most = spentUs(between(begin.before, end.after));
  const truth = {
    user: end.usage.userCPUTime - begin.usage.userCPUTime,
    system: end.usage.systemCPUTime - begin.usage.systemCPUTime,
  };
  // Ticks are 10 ms, and each of two counters is rounded down.
  for (const part of ['user', 'system'] as const) {
    expect(truth[part]).toBeGreaterThan(100_000);
    expect(least[part]).toBeLessThanOrEqual(truth[part] + 10_000);
    expect(most[part]).toBeGreaterThanOrEqual(truth[part] - 10_000);
  }
});

describe.skipIf(spawnSync('vmstat', ['-V']).status !== 0)('beside vmstat', () => {
  test('the shares of the host are the same within a few points', async () => {
    const vmstat = spawn('vmstat', ['-n', '5', '2'], { env: { ...process.env, LC_ALL: 'C' } });
    const lines: { readonly words: readonly string[]; readonly reading: SystemRecord }[] = [];
    vmstat.stdout.pipe(split2()).on('data', (line: string) => {
      lines.push({ words: line.trim().split(/\s+/), reading: read() });
    });
    await once(vmstat, 'close');
    const [, names, sinceBoot, last] = lines;
    if (names === undefined || sinceBoot === undefined || last === undefined) throw new Error('vmstat said too little');
    const { host } = between(sinceBoot.reading, last.reading);
    const points = (name: string): number => Number(last.words[names.words.indexOf(name)]);
    expect(host.user + host.system + host.iowait + host.idle + host.steal).toBeCloseTo(1, 9);
    const pairs = { us: host.user, sy: host.system, wa: host.iowait, id: host.idle, st: host.steal };
    for (const [name, share] of Object.entries(pairs)) {
      expect(
        Math.abs(share * 100 - points(name)),
        `${name} of vmstat ${points(name)}, ours ${share * 100}`,
      ).toBeLessThan(5);
    }
  });
});
