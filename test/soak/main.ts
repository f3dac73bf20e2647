/**
 * node --expose-gc build/soak/test/soak/main.js [HOURS [THREADS [INTERVAL]]]: a session of so many hours, simulated as fast as it goes.
 * Prints a line an hour: what is in memory after everything that can go has gone, and what a tick costs by then.
 */
import { diagnose } from '../../src/diagnosis/diagnose.js';
import type { ScreenId } from '../../src/tui/actions.js';
import { UNICODE_GLYPHS } from '../../src/tui/glyphs.js';
import { composeScreen } from '../../src/tui/screens.js';
import { INITIAL_VIEW } from '../../src/tui/state.js';
import { ThreadOrder } from '../../src/tui/thread-order.js';
import { LongSession } from './long-session.js';

const MEASURED_TICKS = 3;
const hours = Number(process.argv[2] ?? 24);
const threads = Number(process.argv[3] ?? 1000);
const tickSeconds = Number(process.argv[4] ?? 10);

const session = new LongSession({
  threads,
  churning: threads / 10,
  changing: threads / 10,
  losing: true,
  restartSeconds: 3600,
  tickSeconds,
});

const order = new ThreadOrder();
const SCREENS: readonly ScreenId[] = ['main', 'files', 'goroutines', 'flames', 'wakes', 'pages', 'stalls', 'findings'];

const COLUMNS = ['hour', 'heap MiB', 'rss MiB', 'apply ms', 'snapshot ms', 'diagnose ms', 'draw ms', 'worst draw ms'];
console.log(`| ${COLUMNS.join(' | ')} |\n|${' ---: |'.repeat(COLUMNS.length)}`);

for (let hour = 1; hour <= hours; hour += 1) {
  while (session.seconds < hour * 3600 - MEASURED_TICKS * tickSeconds) await session.tick();
  const cost = { apply: 0, snapshot: 0, diagnose: 0, draw: 0, worst: 0 };
  for (let index = 0; index < MEASURED_TICKS; index += 1) {
    cost.apply += await timed(() => session.tick());
    const begun = performance.now();
    const snapshot = session.trace.snapshot();
    const seen = performance.now();
    const diagnosis = diagnose(snapshot);
    const known = performance.now();
    for (const screen of SCREENS) {
      const view = { ...INITIAL_VIEW, screen };
      const from = performance.now();
      composeScreen(
        {
          snapshot,
          diagnosis,
          view,
          glyphs: UNICODE_GLYPHS,
          ordered: order.of(snapshot, view.query),
          recordedBytes: null,
          replay: null,
        },
        200,
        60,
      );
      const took = performance.now() - from;
      cost.worst = Math.max(cost.worst, took);
      cost.draw += took / SCREENS.length;
    }
    cost.snapshot += seen - begun;
    cost.diagnose += known - seen;
  }
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const each = (ms: number): string => (ms / MEASURED_TICKS).toFixed(1);
  const figures = [
    hour,
    (heapUsed / 2 ** 20).toFixed(1),
    (rss / 2 ** 20).toFixed(0),
    each(cost.apply),
    each(cost.snapshot),
    each(cost.diagnose),
    each(cost.draw),
    cost.worst.toFixed(1),
  ];
  console.log(`| ${figures.join(' | ')} |`);
}

session.finish();
const { totals, stalls } = session.trace.snapshot();
console.log(
  `threads ended ${totals.threadsEnded} of ${session.truth.threadsEnded}, faults ${totals.majorFaults} of ${session.truth.majorFaults}`,
);
for (const [part, ns] of session.truth.time) console.log(`${part}: ${totals.time[part]} of ${ns}`);
console.log(
  `longest stall ${stalls?.longest[0]?.durationNs} ns at ${stalls?.longest[0]?.startNs} ns; ${session.records} records`,
);

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
