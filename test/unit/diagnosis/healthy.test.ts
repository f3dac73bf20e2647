import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { threadView } from '../export/snapshots.js';
import {
  file,
  goroutineFunction,
  history,
  lockingThread,
  runtime,
  session,
  stalls,
  swappedMemory,
  withFaults,
} from './sessions.js';

function expectNothing(snapshot: Snapshot): void {
  const { findings, allClear } = diagnose(snapshot);
  expect(findings).toEqual([]);
  expect(allClear).toMatch(/^nothing to report: /);
}

describe('a process with which nothing is wrong gets nothing to report', () => {
  it('idle for a minute', () => {
    expectNothing(session(60, { poll: 480, onCpu: 0.02, runQueue: 0.02, fault: 0.01, lock: 0.03, disk: 0.02 }));
  });

  it('a busy HTTP server in Go, with a few major faults at its start and some run queue', () => {
    const server = session(
      30,
      { onCpu: 45, runQueue: 9, poll: 60, parked: 90, lock: 1, net: 2, fault: 0.1, disk: 0.1, sleep: 30 },
      {
        runtime: runtime('go', 2),
        stalls: stalls(2, 30, [0.997, 0.002, 0.001]),
        goroutines: { functions: [goroutineFunction({ holdingFaults: 80, majorFaults: 80 })], top: [], seen: 12 },
        mappings: [file({ path: '/usr/bin/server', majorFaults: 80 })],
        history: history([80, ...new Array<number>(29).fill(0)]),
      },
    );
    const settled = withFaults(server, 80);
    expectNothing({ ...settled, totals: { ...settled.totals, majorFaultRateHz: 0 } });
  });

  it('a busy HTTP server in Node, all on its event loop', () => {
    expectNothing(
      withFaults(
        session(
          20,
          { onCpu: 18, runQueue: 1.5, poll: 40, parked: 140, fault: 0.03 },
          { runtime: runtime('node', 1), stalls: stalls(1, 20, [0.9985, 0.0015]) },
        ),
        40,
      ),
    );
  });

  it('a Go program whose idle Ms wait on futexes, where goroutines cannot be told', () => {
    const threads = Array.from({ length: 8 }, () => lockingThread(9, 5000));
    const go = { ...runtime('go', 4), goroutines: false };
    expectNothing(session(10, { lock: 72, onCpu: 4, runQueue: 1, poll: 10 }, { threads, runtime: go }));
  });

  it('a pool of threads that wait for work on a futex and hardly ever get any', () => {
    const threads = Array.from({ length: 8 }, () => lockingThread(9.9, 3));
    expectNothing(session(10, { lock: 79.2, onCpu: 0.8 }, { threads }));
  });

  it('a database with one per cent of its time in disk reads', () => {
    expectNothing(session(60, { onCpu: 100, disk: 1.2, runQueue: 10, lock: 4, net: 5, poll: 300 }));
  });

  it('a computation on every CPU that now and then waits for one', () => {
    expectNothing(session(10, { onCpu: 19, runQueue: 1 }));
  });

  it('a program that slept and has a few pages read back from swap', () => {
    const quiet = session(30, { onCpu: 1, fault: 0.05, sleep: 29 }, { files: swappedMemory('heap', 120) });
    expectNothing({ ...withFaults(quiet, 120), totals: { ...quiet.totals, majorFaults: 120, majorFaultRateHz: 0 } });
  });

  it('and the figures that say so are in the sentence', () => {
    const { allClear } = diagnose(
      withFaults(
        session(10, { onCpu: 8, disk: 1, runQueue: 1, fault: 0.02 }, { stalls: stalls(2, 10, [0.999, 0.001, 0]) }),
        12,
      ),
    );
    expect(allClear).toBe(
      "nothing to report: it stood still 0% of the time; 12 major faults; of its threads' time that is not idle: " +
        'faults <1%, locks 0%, run queue 10%, disk 10%',
    );
  });
});

describe('before enough was seen nothing is found', () => {
  it('after one second, however bad it looks', () => {
    const bad = session(1, { fault: 4 }, { runtime: runtime('go', 2), stalls: stalls(2, 1, [0, 0, 1]) });
    const { findings, allClear, whatIf } = diagnose(withFaults(bad, 10_000));
    expect(findings).toEqual([]);
    expect(allClear).toBe('too little was seen yet: 1.0s of the 2.0s it takes');
    expect(whatIf).toBeNull();
  });

  it('without a single thread read', () => {
    expect(diagnose(session(10)).allClear).toBe('nothing can be said yet: no thread was read');
  });

  it('where the kernel script failed, and that is said', () => {
    const failed = session(
      10,
      { onCpu: 10 },
      { probes: [{ set: 'threads', state: 'failed', variant: null, detail: 'x' }] },
    );
    expect(diagnose({ ...failed, threads: [threadView()] }).allClear).toBe(
      'nothing can be said: the kernel script did not run',
    );
  });
});
