import type {
  ActorRecord,
  EvictionsRecord,
  FaultCauseRecord,
  FillRecord,
  PageSamplingRecord,
  SingleCauseRecord,
} from '../record/page-cache.js';
import type { ProbeRecord, TargetFacts } from '../record/record.js';
import type { CauseShare } from './files-view.js';
import { Actors, actorKey, refOf } from './page-cache/actors.js';
import { byEvictor, causeShares, joinedShares } from './page-cache/cause-shares.js';
import { confidenceOf } from './page-cache/confidence.js';
import { Evictions } from './page-cache/evictions.js';
import { FaultCells } from './page-cache/fault-cells.js';
import { type Filler, Fills } from './page-cache/fills.js';
import { type Scaled, sum } from './page-cache/scale.js';
import { Suspects } from './page-cache/suspects.js';
import {
  type EvictorView,
  type FillerView,
  type PageCacheView,
  type SingleCauseView,
  type SuspectView,
  TOP_ACTORS,
} from './page-cache-view.js';

/** Keeps account of who evicts the target's pages and who fills memory meanwhile (bpf/pagecache.bt). */
export class PageCache {
  readonly #launched: boolean;
  readonly #actors: Actors;
  readonly #evictions = new Evictions();
  readonly #fills = new Fills();
  readonly #faults = new FaultCells();
  readonly #suspects = new Suspects();
  #forgotten = 0;
  #forgottenBefore = 0;
  #level = 0;
  /** The first word on the set: one that was asked for at once is not `stopped` before it starts. */
  #askedForAtOnce: boolean | null = null;
  #starts = 0;
  #attachedNs: bigint | null = null;
  #runsUntilNs: bigint | null = null;
  #nowNs = 0n;
  /** Length of the runs before the latest. */
  #earlierNs = 0;

  constructor({ pid, launched }: TargetFacts) {
    this.#actors = new Actors(pid);
    this.#launched = launched;
  }

  applyState({ state, atNs }: ProbeRecord): void {
    this.#askedForAtOnce ??= state !== 'stopped';
    if (state !== 'running') {
      if (this.#attachedNs !== null) this.#runsUntilNs ??= atNs;
      return;
    }
    this.#earlierNs += this.#watchedNs();
    // The script counts from nought whenever it is started, and knows nothing of what was evicted before.
    this.#evictions.restart();
    this.#fills.restart();
    this.#faults.restart();
    this.#forgottenBefore = this.#forgotten;
    this.#starts += 1;
    this.#attachedNs = atNs;
    this.#runsUntilNs = null;
  }

  apply(record: ActorRecord | EvictionsRecord | FillRecord | FaultCauseRecord | PageSamplingRecord): void {
    switch (record.kind) {
      case 'actor':
        return this.#actors.apply(record);
      case 'evictions':
        return this.#evictions.apply(record);
      case 'fill':
        return this.#fills.apply(record);
      case 'fault-cause': {
        const refaults = this.#faults.apply(record);
        if (refaults > 0 && record.eviction?.atNs != null) this.#suspects.add(record.eviction.atNs, refaults);
        return;
      }
      case 'page-sampling':
        this.#level = record.level;
        this.#forgotten = this.#forgottenBefore + record.forgotten;
        return;
    }
  }

  /** Why the page of a single fault was not there; null where it is not in the sample. */
  causeView({ cause, eviction, ageNs }: SingleCauseRecord): SingleCauseView | null {
    if (cause === 'not-sampled') return null;
    if (eviction === null) return { cause, evictor: null, ageNs: null };
    return { cause, evictor: { actor: this.#actors.view(eviction.actor), way: eviction.way }, ageNs };
  }

  /** So many seconds have passed since the last call. */
  tick(seconds: number, nowNs: bigint): void {
    this.#nowNs = nowNs;
    this.#evictions.tick(seconds);
    this.#fills.tick(seconds);
    this.#suspects.tick(nowNs, this.#fills);
  }

  /** Why pages of one file were not there, most faults first; null unless the set has run, empty where it saw none of its faults. */
  causesOf(device: number, inode: bigint): readonly CauseShare[] | null {
    if (this.#attachedNs === null) return null;
    const file = `${device}:${inode}`;
    const cells = this.#faults.file(file);
    return cells === null ? [] : this.#shares(file, cells);
  }

  /** Null unless the set has run. */
  view(): PageCacheView | null {
    if (this.#attachedNs === null) return null;
    const files = this.#faults.files();
    const cells = files.flatMap((file) => file.cells.cells);
    const refaults = byEvictor(cells);
    const evictors = this.#evictors(refaults);
    const kswapdRefaults = sum([...refaults.values()], ({ evictor, count }) => (evictor?.way === 'kswapd' ? count : 0));
    const shares = files.map(({ file, cells: scaled }) => this.#shares(file, scaled));
    const ranNs = this.#earlierNs + this.#watchedNs();
    return {
      evictedPages: this.#evictions.pages,
      evictedRateHz: sum([...this.#evictions.rates().values()], (rate) => rate),
      evictors: evictors.slice(0, TOP_ACTORS),
      fillers: this.#fillers(),
      filledBytes: this.#fills.bytes,
      majorFaults: sum(cells, ({ count }) => count),
      faultWaitNs: sum(cells, ({ totalNs }) => totalNs),
      sampledFaults: sum(files, ({ cells: { seen } }) => seen),
      causes: joinedShares(shares, namedEvictors(evictors)),
      suspects: this.#suspectViews(kswapdRefaults),
      kswapdRefaults,
      missingPages: ranNs === 0 ? 0 : sum(cells, ({ ageTotalNs }) => ageTotalNs) / ranNs,
      sampling: { oneIn: 2 ** this.#level, forgotten: this.#forgotten },
      watchedNs: this.#watchedNs(),
      ranNs,
      fromTheBegin: this.#fromTheBegin,
    };
  }

  get #fromTheBegin(): boolean {
    return this.#launched && this.#askedForAtOnce === true && this.#starts === 1;
  }

  /** Of the latest run. */
  #watchedNs(): number {
    if (this.#attachedNs === null) return 0;
    return Math.max(0, Number((this.#runsUntilNs ?? this.#nowNs) - this.#attachedNs));
  }

  #shares(file: string, { cells }: Scaled): CauseShare[] {
    const refaults = cells.filter(({ cause }) => cause === 'refault');
    const count = sum(refaults, (cell) => cell.count);
    const firstTouches = sum(cells, (cell) => (cell.cause === 'first-touch' ? cell.count : 0));
    const watched = {
      ns: this.#watchedNs(),
      fromTheBegin: this.#fromTheBegin,
      evictedPages: this.#evictions.pagesOf(file),
      meanAgeNs: count === 0 ? null : sum(refaults, (cell) => cell.ageTotalNs) / count,
      forgottenShare: firstTouches === 0 ? 0 : (this.#forgotten * 2 ** this.#level) / firstTouches,
    };
    return causeShares(cells, this.#actors, (cause) => confidenceOf(cause, watched));
  }

  /** Those who evicted, and those whose evictions came back though their count has not arrived yet. */
  #evictors(refaults: ReturnType<typeof byEvictor>): EvictorView[] {
    const rates = this.#evictions.rates();
    const keys = new Set([...this.#evictions.evictors.keys(), ...refaults.keys()]);
    return Array.from(keys, (key): EvictorView[] => {
      const evicted = this.#evictions.evictors.get(key);
      const back = refaults.get(key);
      const evictor = evicted ?? back?.evictor ?? null;
      if (evictor === null) return [];
      return [
        {
          actor: this.#actors.view(evictor.actor),
          way: evictor.way,
          pages: evicted?.pages ?? 0,
          pagesRateHz: rates.get(key) ?? 0,
          refaults: back?.count ?? 0,
          refaultWaitNs: back?.totalNs ?? 0,
          meanAgeNs: back === undefined ? null : back.ageTotalNs / back.count,
          maxAgeNs: back === undefined ? null : back.ageMaxNs,
        },
      ];
    })
      .flat()
      .sort((a, b) => b.refaults - a.refaults || b.pages - a.pages);
  }

  #fillers(): FillerView[] {
    const rates = this.#fills.rates();
    const bytesOf = ({ pageCacheBytes, anonymousBytes }: Filler): number => pageCacheBytes + anonymousBytes;
    return [...this.#fills.fillers.values()]
      .sort((a, b) => bytesOf(b) - bytesOf(a))
      .slice(0, TOP_ACTORS)
      .map(({ actor, pageCacheBytes, anonymousBytes }) => ({
        actor: this.#actors.view(actor),
        pageCacheBytes,
        anonymousBytes,
        rateBytesPerSecond: rates.get(actorKey(actor)) ?? 0,
      }));
  }

  #suspectViews(kswapdRefaults: number): SuspectView[] {
    return this.#suspects.shares(this.#fills).map(({ key, share }) => ({
      actor: this.#actors.view(refOf(key)),
      share,
      refaults: Math.round(share * kswapdRefaults),
    }));
  }
}

/** What all files' refaults are laid to; a kswapd's to no one. */
function namedEvictors(evictors: readonly EvictorView[]): CauseShare['evictors'] {
  return evictors
    .filter(({ way, refaults }) => way !== 'kswapd' && refaults > 0)
    .slice(0, TOP_ACTORS)
    .map(({ actor, way, refaults, meanAgeNs }) => ({ actor, way, majorFaults: refaults, meanAgeNs: meanAgeNs ?? 0 }));
}
