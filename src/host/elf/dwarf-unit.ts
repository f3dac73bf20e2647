import { DwarfCursor } from './dwarf-cursor.js';
import type { Encoding } from './dwarf-forms.js';

/** A unit of .debug_info (DWARF 5, 7.5.1); places are offsets in their sections. */
export interface UnitHeader extends Encoding {
  readonly abbreviations: number;
  /** Where its first entry begins. */
  readonly entries: number;
  readonly end: number;
}

const DW_UT_COMPILE = 1;
const LONG_FORMAT = 0xffffffff;

/** Null where there is none, or one that cannot be stepped over. A unit that is no compilation unit has no entries. */
export function parseUnitHeader(info: Buffer, at: number): UnitHeader | null {
  const cursor = new DwarfCursor(info, at);
  const short = cursor.unsigned(4);
  const offsetSize = short === LONG_FORMAT ? 8 : 4;
  const length = offsetSize === 8 ? cursor.unsigned(8) : short;
  const end = cursor.at + length;
  const version = cursor.unsigned(2);
  if (cursor.isBroken || end > info.length || end < cursor.at || version < 2 || version > 5) return null;
  const isCompilation = version < 5 || cursor.unsigned(1) === DW_UT_COMPILE;
  const early = version < 5 ? null : cursor.unsigned(1);
  const abbreviations = cursor.unsigned(offsetSize);
  const addressSize = early ?? cursor.unsigned(1);
  if (cursor.isBroken) return null;
  return { version, addressSize, offsetSize, abbreviations, entries: isCompilation ? cursor.at : end, end };
}
