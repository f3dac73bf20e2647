import { expect, test } from 'vitest';
import { CostLedger } from '../../../src/model/cost.js';
import type { CostRecord, SetCost } from '../../../src/record/cost.js';

const SECOND_NS = 1e9;

function set(facts: Partial<SetCost> = {}): SetCost {
  return { set: 'threads', programNs: 5e6, cpuNs: 10e6, startNs: 0, memoryBytes: 100, kernelBytes: 50, ...facts };
}

function reading(facts: Partial<CostRecord> = {}): CostRecord {
  return {
    kind: 'cost',
    atNs: 0n,
    spanNs: SECOND_NS,
    ownCpuNs: 5e6,
    ownMemoryBytes: 1000,
    sets: [set()],
    metering: 'sampled',
    targetCpuNs: 500e6,
    budget: { corePpm: 20_000, targetPpm: 10_000 },
    ...facts,
  };
}

test('nothing is known before the first reading', () => {
  expect(new CostLedger().view()).toBeNull();
});

test('sums are of the whole session, starts included; shares of the latest ten seconds, without them', () => {
  const ledger = new CostLedger();
  ledger.apply(reading({ sets: [set({ programNs: null, cpuNs: 600e6, startNs: 600e6 })] }));
  for (let i = 0; i < 9; i += 1) ledger.apply(reading());
  const view = ledger.view();
  expect(view).toMatchObject({ observedNs: 10e9, programNs: 45e6, bpftraceNs: 690e6, ownNs: 50e6, targetCpuNs: 5e9 });
  expect(view?.recent?.bpftrace).toBeCloseTo(0.009);
  expect(view?.recent?.total).toBeCloseTo(0.0185);
  expect(view?.recent?.budget).toBeCloseTo(0.025);
});

test('what was more than ten seconds ago is not lately', () => {
  const ledger = new CostLedger();
  for (let i = 0; i < 10; i += 1) ledger.apply(reading({ ownCpuNs: SECOND_NS }));
  for (let i = 0; i < 10; i += 1) ledger.apply(reading({ ownCpuNs: 0 }));
  expect(ledger.view()?.recent?.own).toBe(0);
});

test('programs that are not metered are not known, not nought', () => {
  const ledger = new CostLedger();
  ledger.apply(reading({ metering: 'none', sets: [set({ programNs: null })] }));
  expect(ledger.view()).toMatchObject({ programNs: null, recent: { programs: null } });
});

test('memory is of what runs now, time of what has run too', () => {
  const ledger = new CostLedger();
  ledger.apply(reading({ sets: [set(), set({ set: 'stacks', memoryBytes: 7 })] }));
  ledger.apply(reading());
  const view = ledger.view();
  expect(view?.memory.bpftraceBytes).toBe(100);
  expect(view?.sets.map(({ set: name, programNs }) => [name, programNs])).toEqual([
    ['threads', 10e6],
    ['stacks', 5e6],
  ]);
});

test('a set that the governor has stopped is told until it runs again, whoever started it', () => {
  const ledger = new CostLedger();
  ledger.apply(reading());
  const decision = { kind: 'governor', atNs: 0n, pace: 1, costPpm: 30_000, budgetPpm: 20_000 } as const;
  ledger.decide({ ...decision, did: 'stopped', set: 'stacks' }, 5);
  expect(ledger.view()?.stopped).toEqual([{ set: 'stacks', atNs: 5, costFraction: 0.03, budgetFraction: 0.02 }]);
  ledger.applyProbe({ kind: 'probe', atNs: 0n, set: 'stacks', state: 'running', variant: null, detail: null });
  expect(ledger.view()?.stopped).toEqual([]);
});

test('a recording that tells of readings without end takes no more memory for it', () => {
  const ledger = new CostLedger();
  for (let i = 0; i < 10_000; i += 1) ledger.apply(reading({ spanNs: 0 }));
  expect(ledger.view()?.recent).toBeNull();
});
