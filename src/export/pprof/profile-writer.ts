import { MessageWriter } from '../protobuf.js';
import { FUNCTION, LABEL, LINE, LOCATION, MAPPING, PROFILE, SAMPLE, VALUE_TYPE } from './fields.js';

/** What a place in a stack is called; the same place is written once. */
export interface PprofFrame {
  readonly name: string;
  /** The file it is in; null where it is in none. */
  readonly module: string | null;
  /** Where its function begins; 0 where only its name is known. */
  readonly address: bigint;
}

export interface PprofSample {
  /** Innermost first. */
  readonly frames: readonly PprofFrame[];
  /** One for each sample type. */
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface SampleType {
  readonly type: string;
  readonly unit: 'count' | 'nanoseconds';
}

export interface ProfileFacts {
  readonly sampleTypes: readonly SampleType[];
  /** The type that readers show unless told otherwise. */
  readonly shown: string;
  /** The target's own file: readers take the first mapping for it. */
  readonly mainModule: string;
  /** Since the epoch. */
  readonly startedAtNs: bigint;
  readonly durationNs: number;
  readonly comments: readonly string[];
}

/** Writes one profile, sample by sample. */
export class ProfileWriter {
  readonly #out = new MessageWriter();
  readonly #texts = new Places<string>();
  readonly #modules = new Places<string>();
  readonly #functions = new Places<string>();
  readonly #locations = new Places<string>();
  readonly #facts: ProfileFacts;

  constructor(facts: ProfileFacts) {
    this.#facts = facts;
    this.#texts.of('');
    for (const { type, unit } of facts.sampleTypes) {
      this.#message(PROFILE.sampleType, { [VALUE_TYPE.type]: this.#text(type), [VALUE_TYPE.unit]: this.#text(unit) });
    }
    this.#moduleId(facts.mainModule);
  }

  sample({ frames, values, labels }: PprofSample): void {
    const locations = frames.map((frame) => this.#locationId(frame));
    this.#out.message(PROFILE.sample, () => {
      this.#out.integers(SAMPLE.locationIds, locations);
      this.#out.integers(SAMPLE.values, values);
      for (const [key, value] of Object.entries(labels)) {
        this.#message(SAMPLE.label, { [LABEL.key]: this.#text(key), [LABEL.text]: this.#text(value) });
      }
    });
  }

  /** The whole profile, not compressed yet. */
  finish(): Uint8Array {
    const { startedAtNs, durationNs, comments, shown } = this.#facts;
    const out = this.#out;
    out.integer(PROFILE.timeNanos, startedAtNs);
    out.integer(PROFILE.durationNanos, durationNs);
    for (const comment of comments) out.integer(PROFILE.comment, this.#text(comment));
    out.integer(PROFILE.defaultSampleType, this.#text(shown));
    // Last: everything before may have added to it.
    for (const text of this.#texts.list()) out.text(PROFILE.stringTable, text);
    return out.take();
  }

  #text(text: string): number {
    return this.#texts.of(text);
  }

  #locationId({ name, module, address }: PprofFrame): number {
    const mappingId = module === null ? 0 : this.#moduleId(module);
    return this.#written(this.#locations, `${address} ${mappingId} ${name}`, (id) => {
      const functionId = this.#functionId(name);
      this.#out.message(PROFILE.location, () => {
        this.#out.integer(LOCATION.id, id);
        this.#out.integer(LOCATION.mappingId, mappingId);
        this.#out.integer(LOCATION.address, address);
        this.#message(LOCATION.line, { [LINE.functionId]: functionId });
      });
    });
  }

  #functionId(name: string): number {
    return this.#written(this.#functions, name, (id) => {
      const text = this.#text(name);
      this.#message(PROFILE.function, { [FUNCTION.id]: id, [FUNCTION.name]: text, [FUNCTION.systemName]: text });
    });
  }

  /** Names are told already: readers need not look for the file. */
  #moduleId(module: string): number {
    return this.#written(this.#modules, module, (id) => {
      this.#message(PROFILE.mapping, {
        [MAPPING.id]: id,
        [MAPPING.filename]: this.#text(module),
        [MAPPING.hasFunctions]: 1,
      });
    });
  }

  /** The id of an entry of a table, counted from 1; `write` is called when it is new. */
  #written(table: Places<string>, key: string, write: (id: number) => void): number {
    const known = table.size;
    const id = table.of(key) + 1;
    if (id > known) write(id);
    return id;
  }

  /** A message of integers alone, by field number. */
  #message(field: number, integers: Readonly<Record<number, number>>): void {
    this.#out.message(field, () => {
      for (const [number, value] of Object.entries(integers)) this.#out.integer(Number(number), value);
    });
  }
}

/** Gives each value a place, in the order in which they come. */
class Places<Value> {
  readonly #places = new Map<Value, number>();

  get size(): number {
    return this.#places.size;
  }

  of(value: Value): number {
    const place = this.#places.get(value) ?? this.#places.size;
    this.#places.set(value, place);
    return place;
  }

  list(): Iterable<Value> {
    return this.#places.keys();
  }
}
