import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';

type Numeric = number | bigint;

export interface ReadFrame {
  readonly name: string;
  /** Null where it is in no mapping. */
  readonly file: string | null;
  readonly address: bigint;
}

export interface ReadSample {
  /** Innermost first. */
  readonly frames: readonly ReadFrame[];
  readonly values: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ReadProfile {
  /** type/unit */
  readonly types: readonly string[];
  readonly shown: string;
  readonly samples: readonly ReadSample[];
  /** The first is the main program. */
  readonly files: readonly string[];
  readonly comments: readonly string[];
  readonly timeNs: bigint;
  readonly durationNs: number;
}

/** Reads a profile, and throws where pprof would not take it (CheckValid() in google/pprof's profile.go). */
export function readProfile(bytes: Uint8Array): ReadProfile {
  const profile = Profile.decode(gunzipSync(bytes));
  const { strings } = profile.stringTable;
  if (strings[0] !== '') throw new Error('the first string is not empty');
  const text = (place: Numeric): string => {
    const found = strings[Number(place)];
    if (found === undefined) throw new Error(`no string ${place}`);
    return found;
  };
  const mappings = byId(profile.mapping);
  const functions = byId(profile.function);
  const locations = byId(profile.location);
  const frameOf = (id: Numeric): ReadFrame => {
    const { mappingId, line, address } = get(locations, id);
    const [first, ...inlined] = line;
    if (first === undefined || inlined.length > 0) throw new Error('a location is one function');
    return {
      name: text(get(functions, first.functionId).name),
      file: Number(mappingId) === 0 ? null : text(get(mappings, mappingId).filename),
      address: BigInt(address),
    };
  };
  const types = profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
  const samples = profile.sample.map(({ locationId, value, label }) => {
    if (value.length !== types.length) throw new Error('not a value for each type');
    return {
      frames: locationId.map(frameOf),
      values: Object.fromEntries(value.map((one, place) => [types[place]?.split('/')[0], Number(one)])),
      labels: Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])),
    };
  });
  return {
    types,
    shown: text(profile.defaultSampleType),
    samples,
    files: profile.mapping.map(({ filename }) => text(filename)),
    comments: profile.comment.map(text),
    timeNs: BigInt(profile.timeNanos),
    durationNs: Number(profile.durationNanos),
  };
}

/** Of all samples together. */
export function totalOf({ samples }: ReadProfile, type: string): number {
  return samples.reduce((sum, { values }) => sum + (values[type] ?? Number.NaN), 0);
}

function byId<Entry extends { readonly id: Numeric }>(entries: readonly Entry[]): ReadonlyMap<number, Entry> {
  const table = new Map(entries.map((entry) => [Number(entry.id), entry]));
  if (table.size !== entries.length || table.has(0)) throw new Error('ids are not unique or nought');
  return table;
}

function get<Entry>(table: ReadonlyMap<number, Entry>, id: Numeric): Entry {
  const entry = table.get(Number(id));
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
}
