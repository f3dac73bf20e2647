import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryPolicy } from '../../../src/session/entry-policy.js';

const SECOND = 1_000_000_000n;

/** Reports a second at a time, with so many faults of the target and of the whole host in each. */
class Host {
  readonly policy = new EntryPolicy();
  #second = 0n;
  #target = 0;
  #host = 1_000_000;

  constructor() {
    this.second(0, 0);
  }

  second(targetFaults: number, hostFaults: number, times = 1): this {
    for (let index = 0; index < times; index++) {
      this.#target += targetFaults;
      this.#host += hostFaults;
      this.policy.observe({
        kind: 'process',
        majorFaultsBefore: null,
        atNs: this.#second * SECOND,
        majorFaults: 0,
        minorFaults: this.#target,
        threads: 1,
        hostFaults: this.#host,
      });
      this.#second += 1n;
    }
    return this;
  }
}

test('before the second reading nothing is known and nothing is started', () => {
  const { policy } = new Host();
  expect(policy.costOfACore).toBeNull();
  expect(policy.affordable(false)).toBe(false);
});

test('a quiet target on a quiet host can afford it', () => {
  const { policy } = new Host().second(100, 500);
  expect(policy.affordable(false)).toBe(true);
  expect(policy.affordable(true)).toBe(true);
});

test('what it costs is 0.9 us a fault of the target and 0.18 us a fault of the others', () => {
  expect(new Host().second(1000, 1000).policy.costOfACore).toBeCloseTo(0.0009, 6);
  expect(new Host().second(0, 10_000).policy.costOfACore).toBeCloseTo(0.0018, 6);
  expect(new Host().second(1000, 11_000).policy.costOfACore).toBeCloseTo(0.0027, 6);
});

test('a target that faults much, or a host that does, cannot', () => {
  expect(new Host().second(10_000, 10_000).policy.affordable(false)).toBe(false);
  expect(new Host().second(0, 100_000).policy.affordable(false)).toBe(false);
});

describe('in between', () => {
  const between = new Host().second(4000, 4000).policy;

  test('it goes on where it runs', () => expect(between.affordable(true)).toBe(true));
  test('it is not started where it does not', () => expect(between.affordable(false)).toBe(false));
});

test('one short burst does not stop it', () => {
  expect(new Host().second(100, 100, 20).second(10_000, 10_000).second(100, 100).policy.affordable(true)).toBe(true);
});

test('once it was too dear it rests for a minute, however quiet the host is by then', () => {
  const host = new Host().second(100, 100, 3).second(50_000, 50_000, 5);
  expect(host.policy.affordable(true)).toBe(false);
  // The average forgets the burst well within the minute.
  host.second(0, 0, 45);
  expect(host.policy.costOfACore).toBeLessThan(0.001);
  expect(host.policy.affordable(false)).toBe(false);
  host.second(0, 0, 60);
  expect(host.policy.affordable(false)).toBe(true);
});

test('counters that fall back or a clock that stands cost nothing and break nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat({ max: 100 }), faults: fc.nat(), host: fc.nat() }), { maxLength: 20 }),
      (readings) => {
        const policy = new EntryPolicy();
        for (const { at, faults, host } of readings) {
          policy.observe({
            kind: 'process',
            majorFaultsBefore: null,
            atNs: BigInt(at) * SECOND,
            majorFaults: 0,
            minorFaults: faults,
            threads: 1,
            hostFaults: host,
          });
          if (policy.costOfACore !== null) {
            expect(policy.costOfACore).toBeGreaterThanOrEqual(0);
            expect(Number.isFinite(policy.costOfACore)).toBe(true);
          }
        }
      },
    ),
  );
});
