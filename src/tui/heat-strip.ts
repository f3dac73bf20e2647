import { cell } from '../text/cell.js';
import { formatBytes } from '../text/units.js';

/** A mark for each value: blank for none, else by the square root of its share of `most`, which shows what is a hundred times less. */
export function stripText(values: readonly number[], most: number, marks: readonly string[]): string {
  return values
    .map((value) => {
      if (!(value > 0)) return ' ';
      const step = Math.ceil(Math.sqrt(Math.min(1, value / most)) * marks.length);
      return marks[Math.max(1, step) - 1] ?? ' ';
    })
    .join('');
}

/** What is enough room for a label and the blank before the next. */
const LABEL_COLUMNS = 14;

/**
 * Offsets below a strip of `width` columns: its begin, its end, and as many between as there is room for. Where it begins
 * within the file, the others tell how far from there.
 */
export function offsetAxis(fromByte: number, toByte: number, width: number): string {
  const parts = [8, 4, 2, 1].find((count) => width / count >= LABEL_COLUMNS) ?? 1;
  const label = (part: number) => {
    const bytes = ((toByte - fromByte) * part) / parts;
    if (part === 0) return fromByte === 0 ? '0' : formatBytes(fromByte);
    return fromByte === 0 ? formatBytes(bytes) : `+${formatBytes(bytes)}`;
  };
  const column = Math.floor(width / parts);
  const inner = Array.from({ length: parts - 1 }, (_, part) => cell(label(part), column)).join('');
  const left = cell(label(parts - 1), width - inner.length - label(parts).length);
  return inner + left + label(parts);
}
