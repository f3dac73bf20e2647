import { type Family, type Sample, seriesKey } from './family.js';
import { TopSeries } from './top-series.js';

/** A counter as it is published: what earlier sessions came to, and the one that goes on. */
interface Carried {
  readonly sample: Sample;
  earlier: number;
  now: number;
}

interface CarriedFamily {
  readonly family: Family;
  readonly samples: Map<string, Carried>;
  /** Where its labels are open: it says under which of them what has come is counted. */
  readonly top: TopSeries | null;
}

/**
 * Makes the counters of one session after the other into counters that go on: what was counted before the target's restart
 * stays counted, nothing that was counted falls, and a file or evictor that was told apart goes on to be, for as long as
 * something comes of it. Gauges are those of the session that goes on.
 */
export class Continuity {
  readonly #families = new Map<string, CarriedFamily>();
  #gauges: readonly Family[] = [];

  /** What the session that goes on has come to by now. */
  update(families: readonly Family[], nowNs: bigint): void {
    this.#gauges = families.filter(({ type }) => !isCumulative(type));
    for (const family of families) if (isCumulative(family.type)) this.#count(family, nowNs);
  }

  /** The session is over: the next update is of another, which has begun from nought. */
  sessionEnded(): void {
    this.#gauges = [];
    for (const { samples, top } of this.#families.values()) {
      top?.sessionEnded();
      for (const carried of samples.values()) {
        carried.earlier += carried.now;
        carried.now = 0;
      }
    }
  }

  /** Everything as it is to be published. */
  families(): Family[] {
    const counters = Array.from(this.#families.values(), ({ family, samples, top }) => ({
      ...family,
      samples:
        top?.samples() ??
        Array.from(samples.values(), ({ sample, earlier, now }) => ({ ...sample, value: earlier + now })),
    }));
    return [...counters, ...this.#gauges];
  }

  #count(family: Family, nowNs: bigint): void {
    const { samples, top } = this.#carried(family);
    if (top !== null && family.open !== undefined) return top.update(family.samples, family.open.others, nowNs);
    for (const sample of family.samples) {
      const key = seriesKey(sample);
      const carried = samples.get(key);
      if (carried === undefined) samples.set(key, { sample, earlier: 0, now: sample.value });
      // An estimate may be corrected downwards.
      else carried.now = Math.max(carried.now, sample.value);
    }
  }

  #carried(family: Family): CarriedFamily {
    const known = this.#families.get(family.name);
    if (known !== undefined) return known;
    const carried = { family, samples: new Map(), top: family.open === undefined ? null : new TopSeries() };
    this.#families.set(family.name, carried);
    return carried;
  }
}

function isCumulative(type: Family['type']): boolean {
  return type === 'counter' || type === 'histogram';
}
