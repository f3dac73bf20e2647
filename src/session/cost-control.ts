import { findBpfObjects } from '../host/bpf-programs.js';
import { tellPace } from '../host/timer-slack.js';
import { decisionText } from '../model/decision-text.js';
import type { Budget, GovernorRecord } from '../record/cost.js';
import type { FaultscopeRecord, OptionalSetName, ProbeSet, SwitchableSet, SystemRecord } from '../record/record.js';
import { CostMeter } from './cost-meter.js';
import type { EntrySet } from './entry-set.js';
import { Governor } from './governor.js';
import type { OptionalSet } from './optional-set.js';

/** Readings are not slowed down beyond this: a screen that stands still for longer looks dead. */
const MOST_BETWEEN_READINGS_MS = 4000;

export interface CostControlOptions {
  readonly budget: Budget | null;
  readonly intervalMs: number;
  readonly entry: EntrySet;
  readonly optional: ReadonlyMap<OptionalSetName, OptionalSet>;
  /** Of the main set's bpftrace; null while it does not run. */
  readonly mainPid: () => number | null;
  readonly emit: (record: FaultscopeRecord) => void;
  readonly nowNs: () => bigint;
}

/** Meters what looking on costs, and does what the governor decides. */
export class CostControl {
  readonly #options: CostControlOptions;
  readonly #meter: CostMeter;
  readonly #governor = new Governor();
  #mostPace: number;
  #pace = 1;

  constructor(options: CostControlOptions) {
    this.#options = options;
    const { budget, nowNs, intervalMs } = options;
    this.#meter = new CostMeter({ budget, running: () => this.#running(), nowNs });
    this.#mostPace = Math.floor(MOST_BETWEEN_READINGS_MS / intervalMs);
  }

  /** One reading in how many intervals. */
  get pace(): number {
    return this.#pace;
  }

  /** At every tick, with the target's latest reading. */
  tick(system: SystemRecord): void {
    const record = this.#meter.read(system);
    if (record === null) return;
    this.#options.emit(record);
    const running = this.#stoppable();
    const decision = this.#governor.review(record, { running, mostPace: this.#mostPace });
    if (decision !== null) this.#carryOut(decision);
  }

  /** The user has switched a set on or off. */
  toggled(set: SwitchableSet, on: boolean): void {
    this.#governor.toggled(set, on);
  }

  close(): void {
    this.#meter.close();
  }

  #carryOut(decision: GovernorRecord): void {
    const { set, did, pace } = decision;
    if (pace !== this.#pace && !this.#slowDown(pace)) {
      this.#mostPace = 1;
      this.#governor.cannotSlow();
      return;
    }
    this.#options.emit(decision);
    if (set === null || set === 'threads') return;
    const why = did === 'stopped' ? decisionText(decision) : null;
    if (set === 'entry') this.#options.entry.holdBack(why);
    else if (why === null) void this.#options.optional.get(set)?.start();
    else this.#options.optional.get(set)?.end(why);
  }

  #slowDown(pace: number): boolean {
    const pid = this.#options.mainPid();
    const bpftrace = pid === null ? null : findBpfObjects(pid);
    if (bpftrace === null || !tellPace(bpftrace.pid, pace)) return false;
    this.#pace = pace;
    return true;
  }

  #stoppable(): SwitchableSet[] {
    return [...this.#running().keys()].filter((set) => set !== 'threads');
  }

  #running(): Map<ProbeSet, number> {
    const { mainPid, entry, optional } = this.#options;
    const pids: [ProbeSet, number | null][] = [
      ['threads', mainPid()],
      ['entry', entry.pid],
      ...Array.from(optional, ([set, { pid }]): [ProbeSet, number | null] => [set, pid]),
    ];
    return new Map(pids.filter((each): each is [ProbeSet, number] => each[1] !== null));
  }
}
