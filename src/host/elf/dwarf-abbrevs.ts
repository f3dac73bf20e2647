import { DwarfCursor } from './dwarf-cursor.js';

/** How one kind of entry is written (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly Attribute[];
}

export interface Attribute {
  readonly name: number;
  readonly form: number;
  /** The value itself, for DW_FORM_implicit_const. */
  readonly constant: number;
}

const DW_FORM_IMPLICIT_CONST = 0x21;
const MOST_ABBREVIATIONS = 10_000;

/** In all tables together. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ATTRIBUTES = 200;

/** The tables of .debug_abbrev, each parsed once: units share them. */
export class AbbreviationTables {
  readonly #section: Buffer;
  readonly #tables = new Map<number, ReadonlyMap<number, Abbreviation> | null>();
  #bytesLeft = MOST_BYTES;

  constructor(section: Buffer) {
    this.#section = section;
  }

  /** The abbreviations by their code; null where the table at that offset is broken. */
  at(offset: number): ReadonlyMap<number, Abbreviation> | null {
    const known = this.#tables.get(offset);
    if (known !== undefined || this.#bytesLeft <= 0) return known ?? null;
    const cursor = new DwarfCursor(this.#section, offset);
    const table = parseAbbreviations(cursor);
    this.#bytesLeft -= Math.max(1, cursor.at - offset);
    this.#tables.set(offset, table);
    return table;
  }
}

function parseAbbreviations(cursor: DwarfCursor): ReadonlyMap<number, Abbreviation> | null {
  const found = new Map<number, Abbreviation>();
  while (found.size < MOST_ABBREVIATIONS) {
    const code = cursor.uleb();
    if (cursor.isBroken) return null;
    if (code === 0) return found;
    const [tag, hasChildren] = [cursor.uleb(), cursor.unsigned(1) !== 0];
    const attributes = parseAttributes(cursor);
    if (attributes === null) return null;
    found.set(code, { tag, hasChildren, attributes });
  }
  return null;
}

function parseAttributes(cursor: DwarfCursor): readonly Attribute[] | null {
  const attributes: Attribute[] = [];
  while (attributes.length < MOST_ATTRIBUTES) {
    const [name, form] = [cursor.uleb(), cursor.uleb()];
    if (cursor.isBroken) return null;
    if (name === 0 && form === 0) return attributes;
    attributes.push({ name, form, constant: form === DW_FORM_IMPLICIT_CONST ? cursor.sleb() : 0 });
  }
  return null;
}
