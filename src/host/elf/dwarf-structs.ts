import { debugSection } from './debug-section.js';
import { type Abbreviation, AbbreviationTables } from './dwarf-abbrevs.js';
import { DwarfCursor } from './dwarf-cursor.js';
import { readConstant, readInlineString, skipValue } from './dwarf-forms.js';
import { parseUnitHeader, type UnitHeader } from './dwarf-unit.js';
import type { ElfFile } from './elf-file.js';

/** Name of a member -> its offset in bytes. */
export type Members = ReadonlyMap<string, number>;

const DW_TAG_COMPILE_UNIT = 0x11;
const DW_TAG_STRUCTURE_TYPE = 0x13;
const DW_TAG_MEMBER = 0x0d;
const DW_AT_NAME = 0x03;
const DW_AT_DATA_MEMBER_LOCATION = 0x38;

/** A debugging entry: what it is, and of its attributes the two that count here. */
interface Entry {
  readonly abbreviation: Abbreviation;
  readonly name: string | null;
  readonly location: number | null;
}

/**
 * The members of structs by the structs' names, from the DWARF (versions 2 to 5) of the compilation units called `unitName`.
 * Names are only read where they stand in the entry itself, as Go's linker writes all of them. What is not there is missing;
 * so is what stands behind something broken.
 */
export function structMembers(elf: ElfFile, unitName: string, names: readonly string[]): ReadonlyMap<string, Members> {
  const found = new Map<string, Members>();
  const [info, abbreviations] = [debugSection(elf, 'info'), debugSection(elf, 'abbrev')];
  if (info === null || abbreviations === null) return found;
  const budget = new Budget();
  const tables = new AbbreviationTables(abbreviations);
  for (let at = 0; found.size < names.length && !budget.isSpent; ) {
    const unit = parseUnitHeader(info, at);
    if (unit === null) return found;
    readUnit(new UnitReader(info, tables, unit, budget), unitName, new Set(names), found);
    at = unit.end;
  }
  return found;
}

function readUnit(reader: UnitReader, unitName: string, names: ReadonlySet<string>, found: Map<string, Members>): void {
  const root = reader.next();
  if (root?.abbreviation.tag !== DW_TAG_COMPILE_UNIT || root.name !== unitName) return;
  while (!reader.isAtEnd && found.size < names.size) {
    const entry = reader.next();
    if (entry === null || entry.abbreviation.tag !== DW_TAG_STRUCTURE_TYPE) continue;
    const { name, abbreviation } = entry;
    if (name !== null && names.has(name) && abbreviation.hasChildren) found.set(name, readMembers(reader));
  }
}

/** The children of a struct, which in Go are members without children of their own, up to the entry that ends them. */
function readMembers(reader: UnitReader): Members {
  const members = new Map<string, number>();
  for (let entry = reader.next(); entry !== null; entry = reader.next()) {
    const { abbreviation, name, location } = entry;
    if (abbreviation.tag === DW_TAG_MEMBER && name !== null && location !== null) members.set(name, location);
  }
  return members;
}

/** Entries and attributes that are read before it is given up; the largest programs have some ten million. */
class Budget {
  #left = 50_000_000;

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(count: number): void {
    this.#left -= count;
  }
}

/** The entries of one compilation unit, one after the other. */
class UnitReader {
  readonly #unit: UnitHeader;
  readonly #budget: Budget;
  readonly #abbreviations: ReadonlyMap<number, Abbreviation> | null;
  readonly #cursor: DwarfCursor;
  #isBroken = false;

  constructor(info: Buffer, tables: AbbreviationTables, unit: UnitHeader, budget: Budget) {
    this.#budget = budget;
    this.#unit = unit;
    this.#cursor = new DwarfCursor(info.subarray(0, unit.end), unit.entries);
    this.#abbreviations = tables.at(unit.abbreviations);
  }

  get isAtEnd(): boolean {
    return this.#isBroken || this.#budget.isSpent || this.#cursor.isBroken || this.#cursor.at >= this.#unit.end;
  }

  /** Null where entries on one level end, and where nothing more can be read. */
  next(): Entry | null {
    if (this.isAtEnd) return null;
    this.#budget.spend(1);
    const code = this.#cursor.uleb();
    if (code === 0) return null;
    const abbreviation = this.#abbreviations?.get(code);
    if (abbreviation === undefined) {
      this.#isBroken = true;
      return null;
    }
    return this.#read(abbreviation);
  }

  #read(abbreviation: Abbreviation): Entry {
    this.#budget.spend(abbreviation.attributes.length);
    let [name, location]: [string | null, number | null] = [null, null];
    for (const attribute of abbreviation.attributes) {
      if (attribute.name === DW_AT_NAME && isNamed(abbreviation)) {
        name = readInlineString(this.#cursor, attribute.form, this.#unit);
      } else if (attribute.name === DW_AT_DATA_MEMBER_LOCATION) {
        // A constant; in DWARF 2 an expression, which Go does not write.
        location = readConstant(this.#cursor, attribute, this.#unit);
      } else if (!skipValue(this.#cursor, attribute.form, this.#unit)) this.#isBroken = true;
    }
    return { abbreviation, name, location };
  }
}

/** Of the other entries, most of all, nobody asks the name. */
function isNamed({ tag }: Abbreviation): boolean {
  return tag === DW_TAG_COMPILE_UNIT || tag === DW_TAG_STRUCTURE_TYPE || tag === DW_TAG_MEMBER;
}
