/** A file of speedscope, as far as it is used here (file-format-schema.json of the package speedscope). */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly SampledProfile[];
}

export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
}

export interface SampledProfile {
  readonly type: 'sampled';
  readonly name: string;
  readonly unit: 'none' | 'nanoseconds';
  readonly startValue: 0;
  readonly endValue: number;
  /** Places in the shared frames, outermost first. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/** Frames that profiles share, each once. */
export class SharedFrames {
  readonly #list: SpeedscopeFrame[] = [];
  readonly #places = new Map<string, number>();

  get list(): readonly SpeedscopeFrame[] {
    return this.#list;
  }

  placeOf(name: string, file: string | null = null): number {
    const key = `${name}\0${file ?? ''}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#list.push(file === null ? { name } : { name, file }) - 1;
      this.#places.set(key, place);
    }
    return place;
  }
}

export interface Weighed {
  readonly frames: readonly number[];
  readonly weight: number;
}

/** A profile of what weighs anything. */
export function sampledProfile(name: string, unit: SampledProfile['unit'], all: readonly Weighed[]): SampledProfile {
  const weighed = all.filter(({ weight }) => weight > 0);
  return {
    type: 'sampled',
    name,
    unit,
    startValue: 0,
    endValue: weighed.reduce((sum, { weight }) => sum + weight, 0),
    samples: weighed.map(({ frames }) => frames),
    weights: weighed.map(({ weight }) => weight),
  };
}
