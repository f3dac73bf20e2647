import { setTimeout as later } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Summary } from '../../../src/export/summary-format.js';
import { expectNothingLost, threadOf } from '../support/account.js';
import { Faultscope } from '../support/faultscope.js';
import { numberOf, startWorkload } from '../support/workload.js';

/** Waits that were over, in the two system calls in which the storm's threads hand bytes over. */
function waitsInPipes(summary: Summary, tid: number): number {
  return threadOf(summary, tid)
    .waits.filter(({ syscall }) => syscall === 'read' || syscall === 'write')
    .reduce((sum, { count }) => sum + count, 0);
}

test('under a storm of some 200,000 waits a second each is counted, though all that may be thinned is', async () => {
  const storm = await startWorkload('storm', ['--duration', '8']);
  try {
    const faultscope = new Faultscope(['--pid', String(storm.pid), '--interval', '500ms', '--budget', '0.1%']);
    await faultscope.attached(storm.pid);
    storm.go();
    const threads = await storm.events('thread', 2);
    const truths = await storm.events('result', threads.length);
    await later(1000);
    const summary = await faultscope.finish();
    for (const truth of truths) expect(waitsInPipes(summary, numberOf(truth, 'tid'))).toBe(numberOf(truth, 'switches'));
    expectNothingLost(summary);
  } finally {
    await storm.end();
  }
});
