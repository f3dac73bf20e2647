import type { RecentCost } from '../model/cost-view.js';
import { RecentReadings } from '../model/recent-cost.js';
import type { CostRecord, GovernorRecord } from '../record/cost.js';
import type { SwitchableSet } from '../record/record.js';

/** Starting, compiling, and what V8 takes until it has compiled what runs once a second is not held against anybody. */
const GRACE_NS = 25_000_000_000n;
/** What is undone must leave so much of the budget free, or it would soon have to be done again. */
const ROOM = 0.8;
/** Within the budget again: not by a hair. */
const WITHIN = 0.9;
/** Reading more rarely is tried where it can save a sixth of the cost. */
const WORTH_SLOWING = 1 / 3;
const MOST_PACE = 8;
/** A stopped set rests so long; twice as long each time that it had to be stopped again. */
const REST_NS = 60_000_000_000n;
const MOST_REST_NS = 960_000_000_000n;
/** A set that has run so long since it was stopped last has paid for it. */
const FORGIVEN_NS = 600_000_000_000n;

const PPM = 1e6;

export interface GovernorFacts {
  /** Sets that run and may be stopped. */
  readonly running: readonly SwitchableSet[];
  /** The most that readings can be slowed down by here; 1 where they cannot. */
  readonly mostPace: number;
}

interface Stopped {
  readonly costFraction: number;
  /** What the main set cost then: how busy the target was. */
  readonly mainFraction: number;
  readonly notBeforeNs: bigint;
}

interface Stop {
  readonly atNs: bigint;
  readonly restNs: bigint;
}

/**
 * Keeps what looking on costs within the budget, on the average of ten seconds. First figures are read more rarely, then optional
 * sets are stopped, the dearest first; what the main set counts is never touched. It is undone in the opposite order.
 */
export class Governor {
  readonly #readings = new RecentReadings();
  readonly #stopped = new Map<SwitchableSet, Stopped>();
  readonly #stops = new Map<SwitchableSet, Stop>();
  /** The user has switched them on: they stay. */
  readonly #pinned = new Set<SwitchableSet>();
  #firstNs: bigint | null = null;
  #pace = 1;
  #exceeded = false;

  /** The user has switched a set on or off: that goes before anything decided here. */
  toggled(set: SwitchableSet, on: boolean): void {
    this.#stopped.delete(set);
    if (on) this.#pinned.add(set);
    else this.#pinned.delete(set);
    this.#readings.clear();
  }

  /** Figures could not be read more rarely after all. */
  cannotSlow(): void {
    this.#pace = 1;
  }

  /** What is to be done now; null where nothing is. */
  review(record: CostRecord, facts: GovernorFacts): GovernorRecord | null {
    this.#firstNs ??= record.atNs;
    if (record.atNs - this.#firstNs < GRACE_NS) return null;
    this.#readings.add(record);
    const { cost } = this.#readings;
    if (cost?.budget == null || !this.#readings.isFull) return null;
    const decision =
      cost.total > cost.budget
        ? this.#save(record.atNs, facts)
        : this.#undo(record.atNs, { ...cost, budget: cost.budget });
    if (decision === null) return null;
    // What was read until now tells nothing of what comes after it.
    this.#readings.clear();
    return {
      kind: 'governor',
      atNs: record.atNs,
      set: null,
      ...decision,
      pace: this.#pace,
      costPpm: Math.round(cost.total * PPM),
      budgetPpm: Math.round(cost.budget * PPM),
    };
  }

  #save(atNs: bigint, facts: GovernorFacts): Decision | null {
    const { cost } = this.#readings;
    if (cost === null) return null;
    const canSlow = this.#pace * 2 <= Math.min(MOST_PACE, facts.mostPace);
    const isWorthIt = cost.bpftrace + cost.own > cost.total * WORTH_SLOWING;
    if (canSlow && isWorthIt) return this.#slow();
    const [dearest] = facts.running
      .filter((set) => !this.#pinned.has(set))
      .sort((a, b) => this.#readings.ofSet(b) - this.#readings.ofSet(a));
    if (dearest !== undefined) return this.#stop(dearest, atNs);
    if (this.#exceeded) return null;
    this.#exceeded = true;
    return { did: 'exceeded' };
  }

  #slow(): Decision {
    this.#pace *= 2;
    return { did: 'slowed' };
  }

  #stop(set: SwitchableSet, atNs: bigint): Decision {
    const before = this.#stops.get(set);
    const isForgiven = before === undefined || atNs - before.atNs > before.restNs + FORGIVEN_NS;
    const doubled = isForgiven ? REST_NS : before.restNs * 2n;
    const restNs = doubled < MOST_REST_NS ? doubled : MOST_REST_NS;
    this.#stops.set(set, { atNs, restNs });
    this.#stopped.set(set, {
      costFraction: this.#readings.ofSet(set),
      mainFraction: this.#readings.ofSet('threads'),
      notBeforeNs: atNs + restNs,
    });
    return { did: 'stopped', set };
  }

  #undo(atNs: bigint, cost: Affordable): Decision | null {
    if (this.#exceeded && cost.total < cost.budget * WITHIN) {
      this.#exceeded = false;
      return { did: 'within' };
    }
    const room = cost.budget * ROOM - cost.total;
    const [cheapest] = [...this.#stopped]
      .map(([set, stopped]) => ({ set, stopped, expected: expectedCost(stopped, this.#readings.ofSet('threads')) }))
      .sort((a, b) => a.expected - b.expected);
    if (cheapest !== undefined) {
      if (cheapest.expected > room || atNs < cheapest.stopped.notBeforeNs) return null;
      this.#stopped.delete(cheapest.set);
      return { did: 'returned', set: cheapest.set };
    }
    if (this.#pace === 1 || cost.bpftrace + cost.own > room) return null;
    this.#pace /= 2;
    return { did: 'quickened' };
  }
}

type Decision = Pick<GovernorRecord, 'did'> & Partial<Pick<GovernorRecord, 'set'>>;

type Affordable = RecentCost & { readonly budget: number };

/** What a set cost when it was stopped, less where the main set has less to do now. */
function expectedCost({ costFraction, mainFraction }: Stopped, now: number): number {
  return mainFraction === 0 ? costFraction : costFraction * Math.min(1, now / mainFraction);
}
