import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { Faultscope, type Outcome } from '../support/faultscope.js';
import { nothingLeft } from '../support/processes.js';
import { startWorkload, type Workload } from '../support/workload.js';

let target: Workload;
beforeEach(async () => {
  target = await startWorkload('causes', ['--only', 'mmap,nanosleep']);
});
afterEach(() => target.end());

/** The one thing it says when all is well. */
const WRITTEN = /^faultscope: json written to \S+ \(\S+\)\n$/;

function expectFigures({ summary }: Outcome): void {
  expect(summary?.threads.map(({ name }) => name)).toEqual(expect.arrayContaining(['mmap', 'nanosleep']));
  expect(summary?.totals.timeNs.sleep).toBeGreaterThan(0);
}

describe.each(newestBpftrace())('with the bpftrace of $release', ({ path }) => {
  async function start(): Promise<{ faultscope: Faultscope; programs: string[]; bpftrace: number }> {
    const args = ['--pid', String(target.pid), '--interval', '200ms', '--bpftrace', path];
    const faultscope = new Faultscope(args);
    const [bpftrace = -1] = await faultscope.attached(target.pid);
    return { faultscope, bpftrace, programs: await faultscope.attachedPrograms(target.pid) };
  }

  test('Ctrl-C ends it with 0', async () => {
    const { faultscope, programs } = await start();
    faultscope.kill('SIGINT');
    const outcome = await faultscope.outcome();
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringMatching(WRITTEN) });
    expectFigures(outcome);
    await nothingLeft(target.pid, programs);
  });

  test('SIGTERM ends it with 143, the summary written', async () => {
    const { faultscope, programs } = await start();
    faultscope.kill('SIGTERM');
    const outcome = await faultscope.outcome();
    expect(outcome).toMatchObject({ exitCode: 143, stdout: '', stderr: expect.stringMatching(WRITTEN) });
    expectFigures(outcome);
    expect(outcome.summary?.target.alive).toBe(true);
    await nothingLeft(target.pid, programs);
  });

  test('the death of the target ends it with 0', async () => {
    const { faultscope, programs } = await start();
    target.kill('SIGKILL');
    const outcome = await faultscope.outcome();
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringMatching(WRITTEN) });
    expectFigures(outcome);
    expect(outcome.summary?.target).toMatchObject({ alive: false, exit: null });
    expect(outcome.summary?.totals.threadsAlive).toBe(0);
    await nothingLeft(target.pid, programs);
  });

  test('the death of bpftrace ends it with 1, saying so; what was seen is written', async () => {
    const { faultscope, programs, bpftrace } = await start();
    process.kill(bpftrace, 'SIGKILL');
    const outcome = await faultscope.outcome();
    expect(outcome.exitCode).toBe(1);
    const lines = outcome.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringContaining('faultscope: json written to'),
      expect.stringMatching(/^faultscope: tracing ended early: bpftrace was killed by SIGKILL: /),
    ]);
    expectFigures(outcome);
    await nothingLeft(target.pid, programs);
  });

  test('its own violent death takes bpftrace with it', async () => {
    const { faultscope, programs } = await start();
    faultscope.kill('SIGKILL');
    expect((await faultscope.outcome()).signal).toBe('SIGKILL');
    await nothingLeft(target.pid, programs, 3000);
    expect(target.alive).toBe(true);
  });
});
