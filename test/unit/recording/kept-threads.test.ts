import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { KeptThreads } from '../../../src/recording/kept-threads.js';
import { BEGIN, SECOND, SESSION, sample, switchOut } from '../model/records.js';

const running: FaultscopeRecord = {
  ...{ kind: 'probe', atNs: BEGIN + SECOND, set: 'threads', state: 'running', variant: null, detail: null },
};

/** What may be told of one of three threads, so many seconds after the session record. */
const told = fc
  .record({
    tid: fc.integer({ min: 1, max: 3 }),
    at: fc.integer({ min: 0, max: 900 }),
    what: fc.constantFrom('first', 'latest', 'last', 'gone', 'sample', 'entry-faults', 'running', 'tick', 'tick'),
  })
  .map(({ tid, at, what }): FaultscopeRecord => {
    const atNs = BigInt(at) * SECOND;
    if (what === 'running') return running;
    if (what === 'tick') return { kind: 'tick', atNs: BEGIN + atNs };
    if (what === 'gone') return { kind: 'gone', atNs: BEGIN + atNs, tid, startTicks: 7 };
    if (what === 'sample') return sample(atNs, { tid });
    if (what === 'entry-faults') return { kind: 'entry-faults', tid, generation: 7, count: 1 };
    return switchOut(atNs, { tid, event: what });
  });

/** What is told from one tick to the next, half a minute later: so threads that have ended are let go of. */
const moment = fc.array(told, { maxLength: 6 });

test('as many threads count as have a row in the model, in whichever order their ends and beginnings are told', () => {
  const one = new KeptThreads(BEGIN);
  one.add(sample(0n));
  fc.assert(
    fc.property(fc.array(moment, { maxLength: 20 }), (moments) => {
      const trace = new Trace(SESSION);
      const kept = new KeptThreads(BEGIN);
      for (const [index, records] of moments.entries()) {
        for (const record of [...records, { kind: 'tick', atNs: BEGIN + BigInt(index * 30) * SECOND } as const]) {
          trace.apply(record);
          kept.add(record);
        }
        expect(kept.bytes / one.bytes).toBe(trace.snapshot().threads.length);
      }
    }),
    { numRuns: 500 },
  );
});
