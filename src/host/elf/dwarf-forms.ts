import type { Attribute } from './dwarf-abbrevs.js';
import type { DwarfCursor } from './dwarf-cursor.js';

/** What the sizes of a unit's values hang on (DWARF 5, 7.5.1). */
export interface Encoding {
  readonly version: number;
  readonly addressSize: number;
  /** 4 in the 32-bit format, 8 in the 64-bit one. */
  readonly offsetSize: 4 | 8;
}

const STRING = 0x08;
const INDIRECT = 0x16;
const IMPLICIT_CONST = 0x21;
const UDATA = 0x0f;
const SDATA = 0x0d;

/** DW_FORM_* of a fixed size (DWARF 5, 7.5.6). */
const FIXED = new Map<number, number>([
  [0x05, 2], // data2
  [0x06, 4], // data4
  [0x07, 8], // data8
  [0x0b, 1], // data1
  [0x0c, 1], // flag
  [0x11, 1], // ref1
  [0x12, 2], // ref2
  [0x13, 4], // ref4
  [0x14, 8], // ref8
  [0x19, 0], // flag_present
  [0x1c, 4], // ref_sup4
  [0x1e, 16], // data16
  [0x20, 8], // ref_sig8
  [0x24, 8], // ref_sup8
  [0x25, 1], // strx1
  [0x26, 2], // strx2
  [0x27, 3], // strx3
  [0x28, 4], // strx4
  [0x29, 1], // addrx1
  [0x2a, 2], // addrx2
  [0x2b, 3], // addrx3
  [0x2c, 4], // addrx4
]);

/** strp, sec_offset, strp_sup, line_strp, GNU_ref_alt, GNU_strp_alt */
const OFFSETS = new Set([0x0e, 0x17, 0x1d, 0x1f, 0x1f20, 0x1f21]);

/** udata, ref_udata, strx, addrx, loclistx, rnglistx, GNU_addr_index, GNU_str_index */
const ULEBS = new Set([UDATA, 0x15, 0x1a, 0x1b, 0x22, 0x23, 0x1f01, 0x1f02]);

/** block2, block4, block1: how long the length in front is. */
const BLOCKS = new Map<number, 1 | 2 | 4>([
  [0x03, 2],
  [0x04, 4],
  [0x0a, 1],
]);

/** block, exprloc */
const ULEB_BLOCKS = new Set([0x09, 0x18]);

/** Passes over a value; false where its form is unknown, so that nothing behind it can be read. */
export function skipValue(cursor: DwarfCursor, form: number, encoding: Encoding): boolean {
  const fixed = FIXED.get(form);
  const block = BLOCKS.get(form);
  if (fixed !== undefined) cursor.skip(fixed);
  else if (form === STRING) cursor.skipString();
  else if (form === SDATA || ULEBS.has(form)) cursor.uleb();
  else if (OFFSETS.has(form)) cursor.skip(encoding.offsetSize);
  else if (block !== undefined) cursor.skip(cursor.unsigned(block));
  else if (ULEB_BLOCKS.has(form)) cursor.skip(cursor.uleb());
  else if (form === 0x01) cursor.skip(encoding.addressSize);
  else if (form === 0x10) cursor.skip(encoding.version < 3 ? encoding.addressSize : encoding.offsetSize);
  else if (form === INDIRECT) return skipValue(cursor, notIndirect(cursor), encoding);
  else return form === IMPLICIT_CONST;
  return !cursor.isBroken;
}

/** The form that stands in front of the value itself; a second such in a row is no form. */
function notIndirect(cursor: DwarfCursor): number {
  const form = cursor.uleb();
  return form === INDIRECT ? -1 : form;
}

/** A constant, or null for a value of another kind, which is passed over. */
export function readConstant(cursor: DwarfCursor, { form, constant }: Attribute, encoding: Encoding): number | null {
  if (form === IMPLICIT_CONST) return constant;
  if (form === UDATA) return cursor.uleb();
  if (form === SDATA) return cursor.sleb();
  if (form === 0x0b) return cursor.unsigned(1);
  if (form === 0x05) return cursor.unsigned(2);
  if (form === 0x06) return cursor.unsigned(4);
  if (form === 0x07) return cursor.unsigned(8);
  skipValue(cursor, form, encoding);
  return null;
}

/** A string that stands in the entry itself; null for one that stands elsewhere, which is passed over. */
export function readInlineString(cursor: DwarfCursor, form: number, encoding: Encoding): string | null {
  if (form === STRING) return cursor.string();
  skipValue(cursor, form, encoding);
  return null;
}
