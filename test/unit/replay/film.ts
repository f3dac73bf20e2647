import type { Snapshot } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { Player, type ReplayCommand } from '../../../src/replay/player.js';
import {
  BEGIN,
  FAULT,
  FAULT_LATENCY,
  ref,
  running,
  SECOND,
  SESSION,
  sample,
  switchOut,
  tick,
  wait,
} from '../model/records.js';

/** The script is attached half a second after the session record; from then on there is a moment a second. */
const ATTACHED = SECOND / 2n;

/** A session of `count` moments, in which a thread faults more and more; the moments in `stalled` tell of a full stall. */
export function film(count: number, stalled: readonly number[] = []): FaultscopeRecord[][] {
  return Array.from({ length: count }, (_, index) => {
    const moment = index + 1;
    const atNs = ATTACHED + SECOND * BigInt(moment);
    const startNs = BEGIN + atNs - SECOND / 2n;
    return [
      ...(moment === 1 ? opening() : []),
      sample(atNs, { onCpuNs: BigInt(moment) * 1000n, majorFaults: 2 * moment }),
      switchOut(atNs, { onCpuNs: BigInt(moment) * 1000n, code: FAULT }),
      wait({ code: FAULT, count: 2 * moment, totalNs: 500_000_000 * moment, maxNs: 250_000_000 }),
      wait({ code: FAULT_LATENCY, count: 2 * moment, totalNs: 500_000_000 * moment, maxNs: 250_000_000 }),
      ...(stalled.includes(moment)
        ? [{ kind: 'stall', startNs, durationNs: 250_000_000, level: 2, capacity: 2, number: null } as const]
        : []),
      tick(atNs),
    ];
  });
}

function opening(): FaultscopeRecord[] {
  return [
    SESSION,
    running(ATTACHED),
    { kind: 'thread', atNs: BEGIN + ATTACHED, tid: ref.tid, startTicks: ref.generation, name: 'reader' },
  ];
}

/** What the first `count` moments came to, applied one after the other. */
export function figuresAfter(batches: readonly (readonly FaultscopeRecord[])[], count: number): Snapshot {
  const trace = new Trace(SESSION);
  for (const record of batches.slice(0, count).flat()) trace.apply(record);
  return trace.snapshot();
}

/** A player with a clock of its own, which stands still unless the test turns it. */
export class Projector {
  readonly player: Player;
  /** How often the film was begun. */
  reels = 0;
  nowMs = 1000;

  constructor(batches: readonly (readonly FaultscopeRecord[])[], toldWholeNs: number | null = null) {
    const begin = () => {
      this.reels += 1;
      return batches;
    };
    this.player = new Player(SESSION, begin, toldWholeNs);
  }

  /** Does all that is due now. */
  settle(): this {
    while (this.player.work(this.nowMs, () => false) === 0);
    return this;
  }

  /** Slices that are over after a moment. */
  slices(count: number): this {
    for (let slice = 0; slice < count; slice += 1) this.player.work(this.nowMs, () => true);
    return this;
  }

  /** Keys with all that each leads to; returns what the last of them was answered. */
  press(...commands: readonly ReplayCommand[]): string | null {
    let answer: string | null = null;
    for (const command of commands) {
      answer = this.player.command(command);
      this.settle();
    }
    return answer;
  }

  turn(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  /** Turns the clock, and does what is due then. */
  pass(ms: number): this {
    return this.turn(ms).settle();
  }

  /** Where it is, in seconds since the script was attached. */
  get seconds(): number {
    return this.player.status.positionNs / 1e9;
  }
}
