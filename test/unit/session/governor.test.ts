import { describe, expect, test } from 'vitest';
import type { Budget, CostRecord, GovernorRecord } from '../../../src/record/cost.js';
import type { ProbeSet, SwitchableSet } from '../../../src/record/record.js';
import { Governor, type GovernorFacts } from '../../../src/session/governor.js';

const SECOND_NS = 1_000_000_000;

/** Shares of one core. */
interface Load {
  readonly own?: number;
  readonly main?: number;
  readonly sets?: Partial<Record<SwitchableSet, number>>;
  readonly target?: number;
}

/** A session a reading a second, in which what the governor decides happens. */
class Observed {
  readonly #governor = new Governor();
  readonly #running = new Set<SwitchableSet>();
  readonly #budget: Budget | null;
  readonly #mostPace: number;
  #second = 0;
  #pace = 1;

  constructor({
    running = [] as SwitchableSet[],
    budget = { corePpm: 20_000, targetPpm: 10_000 } as Budget | null,
    mostPace = 8,
  } = {}) {
    for (const set of running) this.#running.add(set);
    this.#budget = budget;
    this.#mostPace = mostPace;
  }

  get running(): readonly SwitchableSet[] {
    return [...this.#running];
  }

  toggle(set: SwitchableSet, on: boolean): void {
    if (on) this.#running.add(set);
    else this.#running.delete(set);
    this.#governor.toggled(set, on);
  }

  /** What was decided in that time; own cost and the main set's are so much less as figures are read more rarely. */
  go(seconds: number, load: Load): string[] {
    const decisions: GovernorRecord[] = [];
    for (let i = 0; i < seconds; i += 1) {
      this.#second += 1;
      const facts: GovernorFacts = { running: this.running, mostPace: this.#mostPace };
      const decision = this.#governor.review(this.#reading(load), facts);
      if (decision === null) continue;
      decisions.push(decision);
      this.#pace = decision.pace;
      if (decision.set === null || decision.set === 'threads') continue;
      if (decision.did === 'stopped') this.#running.delete(decision.set);
      else this.#running.add(decision.set);
    }
    return decisions.map(({ did, set, pace }) => `${did} ${set ?? pace}`);
  }

  #reading({ own = 0, main = 0, sets = {}, target = 0 }: Load): CostRecord {
    const set = (name: ProbeSet, share: number) => ({
      set: name,
      programNs: Math.round(share * SECOND_NS),
      cpuNs: 0,
      startNs: 0,
      memoryBytes: null,
      kernelBytes: null,
    });
    return {
      kind: 'cost',
      atNs: BigInt(this.#second * SECOND_NS),
      spanNs: SECOND_NS,
      ownCpuNs: Math.round((own / this.#pace) * SECOND_NS),
      ownMemoryBytes: null,
      sets: [set('threads', main), ...this.running.map((name) => set(name, sets[name] ?? 0))],
      metering: 'sampled',
      targetCpuNs: Math.round(target * SECOND_NS),
      budget: this.#budget,
    };
  }
}

describe('within the budget', () => {
  test('nothing is thinned, stopped or told', () => {
    const session = new Observed({ running: ['stacks'] });
    expect(session.go(600, { own: 0.008, main: 0.005, sets: { stacks: 0.005 } })).toEqual([]);
  });

  test('a target that works hard may cost more: its part of the budget grows with it', () => {
    const load = { main: 0.035, target: 2 };
    expect(new Observed({ running: ['stacks'] }).go(600, load)).toEqual([]);
    expect(new Observed({ running: ['stacks'] }).go(600, { ...load, target: 0 })).not.toEqual([]);
  });

  test('what starting costs is not held against a session', () => {
    const session = new Observed({ running: ['stacks'] });
    expect(session.go(20, { own: 0.9 })).toEqual([]);
    expect(session.go(100, { own: 0.01 })).toEqual([]);
  });

  test('a burst of two seconds changes nothing', () => {
    const session = new Observed({ running: ['stacks'] });
    session.go(60, { own: 0.01 });
    expect(session.go(2, { own: 0.04 })).toEqual([]);
    expect(session.go(60, { own: 0.01 })).toEqual([]);
  });

  test('without a budget nothing is ever done', () => {
    expect(new Observed({ running: ['stacks'], budget: null }).go(300, { own: 3 })).toEqual([]);
  });
});

describe('over the budget', () => {
  test('figures are read more rarely first, before any set is stopped', () => {
    const session = new Observed({ running: ['stacks'] });
    expect(session.go(120, { own: 0.03, sets: { stacks: 0.001 } })).toEqual(['slowed 2']);
    expect(session.running).toEqual(['stacks']);
  });

  test('where reading more rarely saves nothing the dearest set is stopped, and no more than needed', () => {
    const session = new Observed({ running: ['stacks', 'wakers', 'storage'] });
    const load = { own: 0.004, main: 0.01, sets: { stacks: 0.01, wakers: 0.02, storage: 0.001 } };
    expect(session.go(50, load)).toEqual(['stopped wakers', 'stopped stacks']);
    expect(session.running).toEqual(['storage']);
  });

  test('the main set is never stopped: that it costs too much is said once', () => {
    const session = new Observed();
    expect(session.go(300, { main: 0.2 })).toEqual(['exceeded 1']);
    expect(session.go(60, { main: 0.001 })[0]).toBe('within 1');
  });

  test('where a script cannot be told to, nothing is said to be slowed', () => {
    const session = new Observed({ running: ['stacks'], mostPace: 1 });
    expect(session.go(300, { own: 0.03, sets: { stacks: 0.001 } })).toEqual(['stopped stacks', 'exceeded 1']);
  });
});

describe('when there is room again', () => {
  const heavy = { own: 0.004, main: 0.015, sets: { stacks: 0.02 } };
  const light = { own: 0.004, main: 0.002, sets: { stacks: 0.003 } };

  test('a stopped set comes back, not before it has rested for a minute', () => {
    const session = new Observed({ running: ['stacks'] });
    expect(session.go(60, heavy)).toEqual(['stopped stacks']);
    expect(session.go(20, light)).toEqual([]);
    expect(session.go(60, light)).toEqual(['returned stacks']);
  });

  test('not while it would be too dear again', () => {
    const session = new Observed({ running: ['stacks'] });
    session.go(60, heavy);
    expect(session.go(3600, { ...heavy, sets: {} })).toEqual([]);
  });

  test('each time that it has to be stopped again it rests twice as long: it does not flap', () => {
    const session = new Observed({ running: ['stacks'] });
    // Cheap to look at while it is stopped, dear as soon as it runs.
    const deceptive = { own: 0.004, main: 0.0001, sets: { stacks: 0.05 } };
    const decisions = session.go(3600, deceptive);
    expect(decisions.filter((decision) => decision === 'stopped stacks').length).toBeLessThanOrEqual(7);
  });

  test('figures are read as often as before', () => {
    const session = new Observed();
    expect(session.go(120, { own: 0.05 })).toEqual(['slowed 2', 'slowed 4']);
    expect(session.go(120, { own: 0.01 })).toEqual(['quickened 2', 'quickened 1']);
  });
});

describe('the user', () => {
  const heavy = { main: 0.015, own: 0.001, sets: { stacks: 0.05 } };

  test('who switches a stopped set on keeps it, whatever it costs', () => {
    const session = new Observed({ running: ['stacks'], mostPace: 1 });
    expect(session.go(60, heavy)).toEqual(['stopped stacks']);
    session.toggle('stacks', true);
    expect(session.go(300, heavy)).toEqual(['exceeded 1']);
    expect(session.running).toEqual(['stacks']);
  });

  test('who switches a set off does not get it back', () => {
    const session = new Observed({ running: ['stacks'] });
    session.toggle('stacks', false);
    expect(session.go(600, { own: 0.001 })).toEqual([]);
  });
});
