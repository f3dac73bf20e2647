import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { expectNothingLost, threadOf } from '../support/account.js';
import { Faultscope } from '../support/faultscope.js';
import { bpftracesOf, childrenOf, majorFaultsOf } from '../support/processes.js';
import { workloadPath } from '../support/repository.js';
import { until } from '../support/until.js';
import { numberOf, type WorkloadEvent } from '../support/workload.js';

/** Runs a command under faultscope. */
async function launched(...command: string[]): Promise<{ summary: Summary; stdout: string }> {
  const run = new Faultscope(['--', ...command]);
  const summary = await run.success();
  return { summary, stdout: run.stdout };
}

/** What a workload has printed to the output that it shares with faultscope. */
function eventsIn(stdout: string, kind: string): WorkloadEvent[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line): WorkloadEvent => JSON.parse(line)).filter(({ event }) => event === kind);
}

test('how the command ended is in the summary', async () => {
  const { summary } = await launched('sh', '-c', 'exit 7');
  expect(summary.target).toMatchObject({ comm: 'sh', launched: true, alive: false, exit: { code: 7, signal: null } });
  const killed = await launched('sh', '-c', 'kill -KILL $$');
  expect(killed.summary.target.exit).toEqual({ code: null, signal: 'SIGKILL' });
});

test('the command keeps its input and output, and its faults are counted', async () => {
  const run = new Faultscope(['--', workloadPath('count'), '--threads', '2', '--pages', '307'], { stdin: 'pipe' });
  await until('it to be ready', () => eventsIn(run.stdout, 'ready').length === 1);
  run.stdin?.write('\n');
  await until('its results', () => eventsIn(run.stdout, 'result').length === 3);
  run.stdin?.write('\n');
  const summary = await run.success();
  expect(summary.target).toMatchObject({
    comm: 'count',
    launched: true,
    alive: false,
    exit: { code: 0, signal: null },
  });
  for (const truth of eventsIn(run.stdout, 'result').filter((result) => 'tid' in result)) {
    expect(threadOf(summary, numberOf(truth, 'tid'))).toMatchObject({
      majorFaults: 307,
      kernelMajorFaults: 307,
      alive: false,
    });
  }
  expectNothingLost(summary);
});

test('it is traced from its first instruction: loading a cold program counts too', async () => {
  const directory = mkdtempSync(join('/var/tmp', 'faultscope-cold-program-'));
  try {
    const program = join(directory, 'churn');
    copyFileSync(workloadPath('threadchurn'), program);
    // Out of the page cache.
    execFileSync('dd', [`of=${program}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
    // By way of env(1): of the command that it launches itself faultscope reads the file, which is not cold any more then.
    const run = new Faultscope(['--', 'env', program, '--seconds', '1', '--rate', '100']);
    // Until everything is attached flock(1) waits in the program's place; what it faulted counts for the same process.
    const waiting = await until('bpftrace to start on the stage that waits', () =>
      childrenOf(run.pid).find(({ pid, comm }) => comm === 'flock' && bpftracesOf(pid).length > 0),
    );
    const before = majorFaultsOf(waiting.pid);
    const summary = await run.success();
    const [truth] = eventsIn(run.stdout, 'result');
    if (truth === undefined) throw new Error('no result');
    const first = threadOf(summary, summary.target.pid);
    expect(first.majorFaults).toBeGreaterThan(0);
    expect(first.majorFaults).toBe(first.kernelMajorFaults);
    expect(summary.totals.majorFaults).toBe(numberOf(truth, 'majflt') - before);
    expect(summary.totals.threadsEnded).toBe(numberOf(truth, 'started') + 6);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
