import { setTimeout as sleep } from 'node:timers/promises';
import { runInTerminal } from './terminal.mjs';
import { startWorkload } from './workload.mjs';

const LOOK_EVERY_MS = 20;
const GIVE_UP_MS = 15_000;

/** Milliseconds from the start of the command until the screen shows the tid of a faulting thread. */
export async function measureFirstFigures(commandLine) {
  const workload = await startWorkload('coldmmap', []);
  await sleep(500);
  const tids = workload.events
    .filter((line) => line.event === 'thread' && line.name === 'reader')
    .map((line) => line.tid);
  const shown = new RegExp(`\\b(${tids.join('|')})\\b`);
  const startedMs = performance.now();
  const terminal = runInTerminal([...commandLine, '--pid', String(workload.pid)]);
  try {
    while (!shown.test(terminal.screen())) {
      if (performance.now() - startedMs > GIVE_UP_MS) throw new Error(`no thread on the screen after ${GIVE_UP_MS} ms`);
      await sleep(LOOK_EVERY_MS);
    }
    return performance.now() - startedMs;
  } finally {
    terminal.close();
    await workload.stop();
  }
}
