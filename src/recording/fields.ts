import { compiledReader } from './compiled-reader.js';
import { DamagedError, type Decoder } from './decoder.js';
import { type Encoder, MisfitError } from './encoder.js';

/**
 * How one field of a record is written and read. `write` throws MisfitError where the value is none that the field has
 * room for, `read` throws DamagedError: whatever it returns is within the field's bounds.
 */
export interface Field<T> {
  readonly write: (to: Encoder, value: T) => void;
  readonly read: (from: Decoder) => T;
  /** `key`: with the others so marked it names what the record tells of. `growing`: only ever grows for one key. */
  readonly mark: 'key' | 'growing' | null;
  /** Left out of the record where it is undefined. */
  readonly optional: boolean;
  /** Of a nested object. */
  readonly fields: FieldList | null;
}

/** Name and field, in the order in which they are written. */
export type FieldList = readonly (readonly [string, Pick<Field<never>, 'mark' | 'fields'>])[];

/** A field for each property, in the order in which they are written. */
export type FieldsOf<T> = {
  readonly [Name in keyof T]-?: Record<never, never> extends Pick<T, Name>
    ? Field<T[Name] | undefined>
    : Field<T[Name]>;
};

const LEAF = { mark: null, optional: false, fields: null } as const;

/** With the other keys it names what the record tells of. */
export function key<T>(field: Field<T>): Field<T> {
  return { ...field, mark: 'key' };
}

/** It only ever grows as long as what the record tells of is the same. */
export function growing<T>(field: Field<T>): Field<T> {
  return { ...field, mark: 'growing' };
}

/** A whole number within bounds, both inclusive. */
export function uint(most: number, least = 0): Field<number> {
  return {
    ...LEAF,
    write: (to, value) => to.uint(fitting(value, least, most)),
    read: (from) => sound(from.uint(), least, most),
  };
}

/** A whole number that tends to lie near the one before: told as the difference. */
export function near(most: number, least = 0): Field<number> {
  const slot = nextSlot();
  return {
    ...LEAF,
    write: (to, value) => to.near(slot, fitting(value, least, most)),
    read: (from) => sound(from.near(slot), least, most),
  };
}

/** 64 bits of the kernel's, never rounded. */
export function uint64(most: bigint): Field<bigint> {
  const slot = nextSlot();
  return {
    ...LEAF,
    write: (to, value) => {
      if (value < 0n || value > most) throw new MisfitError(`${value} is not within 0 and ${most}`);
      to.uint64(slot, value);
    },
    read: (from) => {
      const value = from.uint64(slot);
      if (value > most) throw new DamagedError('a number that is too large');
      return value;
    },
  };
}

export const bool: Field<boolean> = {
  ...LEAF,
  write: (to, value) => to.byte(value ? 1 : 0),
  read: (from) => sound(from.byte(), 0, 1) === 1,
};

/** An outside string, every bit of it; one beyond MAX_STRING is cut. */
export const text: Field<string> = {
  ...LEAF,
  write: (to, value) => to.string(value),
  read: (from) => from.string(),
};

/** One of these; written as its place among them, so that new ones go to the end, with a new version of the format. */
export function oneOf<const Choices extends readonly (string | number)[]>(...choices: Choices): Field<Choices[number]> {
  const places = new Map<string | number, number>(choices.map((choice, place) => [choice, place]));
  return {
    ...LEAF,
    write: (to, value) => {
      const place = places.get(value);
      if (place === undefined) throw new MisfitError(`${value} is not one of ${choices.join(', ')}`);
      to.byte(place);
    },
    read: (from) => {
      const choice = choices[from.byte()];
      if (choice === undefined) throw new DamagedError('a choice that there is not');
      return choice;
    },
  };
}

export function nullable<T>(field: Field<T>): Field<T | null> {
  return {
    ...field,
    write: (to, value) => {
      to.byte(value === null ? 0 : 1);
      if (value !== null) field.write(to, value);
    },
    read: (from) => (bool.read(from) ? field.read(from) : null),
  };
}

/** The property is not there where the value is undefined. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    ...field,
    optional: true,
    write: (to, value) => {
      to.byte(value === undefined ? 0 : 1);
      if (value !== undefined) field.write(to, value);
    },
    read: (from) => (bool.read(from) ? field.read(from) : undefined),
  };
}

/** A field that older recordings lack: theirs is taken for `fallback`. */
export function since<T>(version: number, field: Field<T>, fallback: T): Field<T> {
  return { ...field, read: (from) => (from.version < version ? fallback : field.read(from)) };
}

export function list<T>(field: Field<T>, most: number): Field<readonly T[]> {
  return {
    ...LEAF,
    write: (to, values) => {
      to.uint(fitting(values.length, 0, most));
      for (const value of values) field.write(to, value);
    },
    read: (from) => {
      const length = sound(from.uint(), 0, most);
      const values: T[] = [];
      for (let at = 0; at < length; at += 1) values.push(field.read(from));
      return values;
    },
  };
}

export function object<T extends object>(fields: FieldsOf<T>): Field<T> {
  return objectWith(fields, {});
}

/** An object with these fields, and these properties that are the same in all. */
export function objectWith<T extends object, Fixed extends object>(
  fields: FieldsOf<Omit<T, keyof Fixed>>,
  fixed: Fixed,
): Field<T> {
  const parts: [string, Field<unknown>][] = Object.entries(fields);
  return {
    ...LEAF,
    fields: parts,
    write: (to, value) => {
      const values = value as Record<string, unknown>;
      for (const [name, field] of parts) field.write(to, values[name]);
    },
    // What is read is a T: there is a field for each of its properties, which gives that property's type and no other.
    read: compiledReader<T>(parts, fixed),
  };
}

/** The encoder and the decoder keep the last value of each field that is told as a difference. */
let slots = 0;

function nextSlot(): number {
  slots += 1;
  return slots - 1;
}

function fitting(value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new MisfitError(`${value} is not a whole number within ${least} and ${most}`);
  }
  return value;
}

function sound(value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) throw new DamagedError('a number out of bounds');
  return value;
}
