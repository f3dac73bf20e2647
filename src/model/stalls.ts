import type { LevelRecord, SampleGapRecord, StallMemberRecord, StallRecord } from '../record/record.js';
import { type LevelPoint, LONGEST_STALLS, RECENT_STALLS, type StallsView, type StallView } from './snapshot.js';

/** Names a thread by what the kernel script calls it. */
export type NameOf = (tid: number, generation: number) => string | null;

type Member = Pick<StallMemberRecord, 'tid' | 'generation'>;

/** Sums over all level cells so far. */
interface LevelSums {
  readonly sampledNs: number;
  readonly levelTimeNs: number;
  readonly fullNs: number;
  readonly lostNs: number;
}

const NOTHING: LevelSums = { sampledNs: 0, levelTimeNs: 0, fullNs: 0, lostNs: 0 };

/** What "of late" means for the share of full stalls. */
const RECENT_NS = 10e9;

/** Keeps account of how many threads were stuck at once, and of the full stalls one by one. */
export class Stalls {
  /** By capacity, then level: sampled nanoseconds. */
  readonly #cells = new Map<number, Map<number, number>>();
  #gap: SampleGapRecord = { kind: 'sample-gap', samples: 0, late: 0, longestNs: 0, fullStalls: 0 };
  #longest: StallRecord[] = [];
  #recent: StallRecord[] = [];
  /** Members by stall number, as long as the stall may still be shown. */
  readonly #members = new Map<number, Member[]>();
  #before = NOTHING;
  #latest: LevelPoint | null = null;
  #lately: LevelPoint[] = [];

  applyLevel({ capacity, level, totalNs }: LevelRecord): void {
    const levels = this.#cells.get(capacity) ?? new Map<number, number>();
    this.#cells.set(capacity, levels);
    levels.set(level, totalNs);
  }

  applyGap(record: SampleGapRecord): void {
    this.#gap = record;
  }

  applyStall(record: StallRecord): void {
    this.#recent = [...this.#recent, record].slice(-RECENT_STALLS);
    const shortest = this.#longest.at(-1);
    if (this.#longest.length < LONGEST_STALLS || record.durationNs > (shortest?.durationNs ?? 0)) {
      this.#longest = [...this.#longest, record].sort((a, b) => b.durationNs - a.durationNs).slice(0, LONGEST_STALLS);
    }
    this.#forgetMembers();
  }

  applyMember({ tid, generation, after, upTo }: StallMemberRecord): void {
    // A thread that is stuck for minutes is in any number of stalls; only the latest are kept.
    for (let number = Math.max(after + 1, upTo - MEMBER_STALLS + 1); number <= upTo; number += 1) {
      const members = this.#members.get(number) ?? [];
      this.#members.set(number, members);
      if (members.length < MAX_MEMBERS) members.push({ tid, generation });
    }
    this.#forgetMembers();
  }

  /** What was sampled since the last call; null where nothing was. */
  tick(): LevelPoint | null {
    const sums = this.#sums();
    const before = this.#before;
    if (sums.sampledNs <= before.sampledNs) return null;
    this.#before = sums;
    this.#latest = {
      sampledNs: sums.sampledNs - before.sampledNs,
      levelTimeNs: sums.levelTimeNs - before.levelTimeNs,
      fullNs: sums.fullNs - before.fullNs,
      lostNs: sums.lostNs - before.lostNs,
    };
    this.#lately = latest([...this.#lately, this.#latest]);
    return this.#latest;
  }

  view(capacity: number | null, sinceStartNs: (atNs: bigint) => number, nameOf: NameOf): StallsView | null {
    const sums = this.#sums();
    if (sums.sampledNs === 0) return null;
    const bounded = this.#boundedNs();
    const stallView = (record: StallRecord): StallView => this.#stallView(record, sinceStartNs, nameOf);
    return {
      capacity,
      levelNs: this.#levelNs(),
      sampledNs: sums.sampledNs,
      fullNs: sums.fullNs,
      lostNs: sums.lostNs,
      lostParallelism: bounded === 0 ? null : sums.lostNs / bounded,
      fullStalls: this.#gap.fullStalls,
      longest: this.#longest.map(stallView),
      recent: this.#recent.map(stallView),
      now: this.#now(),
      recentFullFraction: this.#recentFullFraction(),
      samples: { count: this.#gap.samples, late: this.#gap.late, longestGapNs: this.#gap.longestNs },
    };
  }

  #now(): StallsView['now'] {
    if (this.#latest === null) return null;
    const { sampledNs, levelTimeNs, fullNs } = this.#latest;
    return { level: levelTimeNs / sampledNs, fullFraction: fullNs / sampledNs };
  }

  #recentFullFraction(): number | null {
    const sampledNs = this.#lately.reduce((sum, point) => sum + point.sampledNs, 0);
    if (sampledNs === 0) return null;
    return this.#lately.reduce((sum, point) => sum + point.fullNs, 0) / sampledNs;
  }

  /** Sampled time in which a capacity was known. */
  #boundedNs(): number {
    let sum = 0;
    for (const [capacity, levels] of this.#cells) {
      if (capacity > 0) for (const ns of levels.values()) sum += ns;
    }
    return sum;
  }

  #sums(): LevelSums {
    const sums = { ...NOTHING };
    for (const [capacity, levels] of this.#cells) {
      for (const [level, ns] of levels) {
        sums.sampledNs += ns;
        sums.levelTimeNs += level * ns;
        if (capacity === 0) continue;
        if (level >= capacity) sums.fullNs += ns;
        sums.lostNs += (Math.min(level, capacity) / capacity) * ns;
      }
    }
    return sums;
  }

  #levelNs(): number[] {
    const byLevel: number[] = [];
    for (const levels of this.#cells.values()) {
      for (const [level, ns] of levels) {
        while (byLevel.length <= level) byLevel.push(0);
        byLevel[level] = (byLevel[level] ?? 0) + ns;
      }
    }
    return byLevel;
  }

  #stallView(record: StallRecord, sinceStartNs: (atNs: bigint) => number, nameOf: NameOf): StallView {
    const { startNs, durationNs, level, capacity, number } = record;
    const members = number === null ? undefined : this.#members.get(number);
    const threads = members?.map(({ tid, generation }) => ({ tid, name: nameOf(tid, generation) })) ?? null;
    return { startNs: sinceStartNs(startNs), durationNs, level, capacity, threads };
  }

  /** Members may come before their stall: the latest numbers stay, and those that are shown. */
  #forgetMembers(): void {
    if (this.#members.size <= 2 * MEMBER_STALLS) return;
    const shown = new Set([...this.#longest, ...this.#recent].map(({ number }) => number));
    const newest = Math.max(...this.#members.keys());
    for (const number of this.#members.keys()) {
      if (!shown.has(number) && number <= newest - MEMBER_STALLS) this.#members.delete(number);
    }
  }
}

const MEMBER_STALLS = 128;
const MAX_MEMBERS = 256;

/** The newest points that make up {@link RECENT_NS}. */
function latest(points: readonly LevelPoint[]): LevelPoint[] {
  let sampledNs = 0;
  let from = points.length;
  while (from > 0 && sampledNs < RECENT_NS) {
    from -= 1;
    sampledNs += points[from]?.sampledNs ?? 0;
  }
  return points.slice(from);
}
