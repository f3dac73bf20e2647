import { usage } from '../errors.js';
import { BUDGET_HINT, budgetFrom, DEFAULT_BUDGET } from '../model/budget.js';
import type { Budget } from '../record/cost.js';
import { safeText } from '../text/safe.js';
import { timeMs } from '../text/time.js';

/** "10s", "500ms", "2m", "1.5h", or a bare number of seconds, as milliseconds. Throws FaultscopeError (exit 2). */
export function parseTime(option: string, text: string): number {
  const ms = timeMs(text) ?? timeMs(`${text}s`);
  if (ms !== null) return ms;
  throw usage(`${option} ${safeText(text)} is not a time`, 'give it as 500ms, 10s, 2m or 1h');
}

const SIZE_UNITS: { readonly [unit: string]: number } = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
/** A ring of less holds seconds of a program of any size; a slot of more than 4 GiB has no room in the file's header. */
const LEAST_SIZE = 2 ** 20;
const MOST_SIZE = 16 * 2 ** 30;

/** "64M", "512K", "1.5G", in bytes. Throws FaultscopeError (exit 2). */
export function parseSize(option: string, text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([KMG])(?:i?B)?$/i.exec(text);
  if (match === null) throw usage(`${option} ${safeText(text)} is not a size`, 'give it as 512K, 64M or 1.5G');
  const bytes = Math.floor(Number(match[1]) * (SIZE_UNITS[match[2]?.toUpperCase() ?? ''] ?? 0));
  if (bytes >= LEAST_SIZE && bytes <= MOST_SIZE) return bytes;
  throw usage(`${option} ${safeText(text)} is out of range`, 'give 1M to 16G');
}

/** A process number. Throws FaultscopeError (exit 2). */
export function parsePid(option: string, text: string): number {
  // The highest there can be is PID_MAX_LIMIT, 2^22 (include/linux/threads.h).
  if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= 4_194_304) return Number(text);
  throw usage(`${option} ${safeText(text)} is not a process number`, 'give the number that ps or pgrep shows');
}

/** At least a tenth of a second: the script's own step. */
export function parseInterval(text: string): number {
  const ms = parseTime('--interval', text);
  if (ms >= 100 && ms <= 3_600_000) return Math.round(ms / 100) * 100;
  throw usage(`--interval ${safeText(text)} is out of range`, 'give 100ms to 1h');
}

/** How many threads can run the target's code at once. Throws FaultscopeError (exit 2). */
export function parseCapacity(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 4096) return Number(text);
  throw usage(`--capacity ${safeText(text)} is not a number of threads`, 'give 1 to 4096');
}

/** What looking on may cost; null for anything. Throws FaultscopeError (exit 2). */
export function parseBudget(text: string | undefined): Budget | null {
  const budget = text === undefined ? DEFAULT_BUDGET : budgetFrom(text);
  if (budget !== undefined) return budget;
  throw usage(`--budget ${safeText(text ?? '')} is not a budget`, BUDGET_HINT);
}
