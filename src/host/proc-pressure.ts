import type { PressureTotals } from '../record/record.js';

const TOTAL = { some: /^some .*total=(\d+)$/m, full: /^full .*total=(\d+)$/m };

/**
 * The totals of a file under /proc/pressure, in microseconds (Documentation/accounting/psi.rst, psi_show()). Null where
 * the text is not one of memory or io: both of these have the `full` line on every kernel with PSI.
 */
export function parsePressure(text: string): PressureTotals | null {
  const some = TOTAL.some.exec(text)?.[1];
  const full = TOTAL.full.exec(text)?.[1];
  return some === undefined || full === undefined ? null : { someUs: Number(some), fullUs: Number(full) };
}
