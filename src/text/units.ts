/** How a microsecond is written: terminals without UTF-8 get `us`. */
export type MicroUnit = 'us' | 'µs';

interface Step {
  /** Nanoseconds (or ones) in the unit. */
  readonly size: number;
  readonly unit: string;
  readonly decimals: 0 | 1;
  /** The rounded figure must stay below this, else the next step is taken. */
  readonly below: number;
}

const NS_PER_SECOND = 1e9;

const SUB_MINUTE: readonly Step[] = [
  { size: 1, unit: 'ns', decimals: 0, below: 1000 },
  { size: 1e3, unit: 'us', decimals: 1, below: 10 },
  { size: 1e3, unit: 'us', decimals: 0, below: 1000 },
  { size: 1e6, unit: 'ms', decimals: 1, below: 100 },
  { size: 1e6, unit: 'ms', decimals: 0, below: 1000 },
  { size: 1e9, unit: 's', decimals: 1, below: 60 },
];

const COUNTS: readonly Step[] = [
  { size: 1, unit: '', decimals: 0, below: 1000 },
  ...['k', 'M', 'G', 'T', 'P'].flatMap((unit, index): Step[] => [
    { size: 1000 ** (index + 1), unit, decimals: 1, below: 100 },
    { size: 1000 ** (index + 1), unit, decimals: 0, below: 1000 },
  ]),
];

/** "850ns", "9.2us", "92us", "18.2ms", "1.3s", "4m12s", "2h05m", "3d04h"; at most 6 columns, 7 if negative. */
export function formatDuration(durationNs: number | null, micro: MicroUnit = 'us'): string {
  if (durationNs === null || !Number.isFinite(durationNs)) return '-';
  if (durationNs < 0) return `-${formatDuration(-durationNs, micro)}`;
  const text = firstFit(durationNs, SUB_MINUTE) ?? overAMinute(durationNs);
  return micro === 'us' ? text : text.replace('us', micro);
}

/** "999", "8.6k", "36.9k", "369k", "1.2M"; at most 5 columns. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return '-';
  if (count < 0) return `-${formatCount(-count)}`;
  return firstFit(count, COUNTS) ?? '>999P';
}

/** Events a second, without the unit: "0", "<0.1", "0.4", "9.9", "12", "8.6k"; at most 5 columns. */
export function formatRate(rateHz: number | null): string {
  if (rateHz === null || !Number.isFinite(rateHz)) return '-';
  if (rateHz > 0 && rateHz < 0.05) return '<0.1';
  if (rateHz > 0 && rateHz < 9.95) return rateHz.toFixed(1);
  return formatCount(rateHz);
}

/** "0%", "<1%", "76%", ">99%", "100%": what is not nought or not whole never looks so. At most 4 columns up to 999 %. */
export function formatPercent(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction)) return '-';
  if (fraction < 0) return `-${formatPercent(-fraction)}`;
  if (fraction > 0 && fraction < 0.005) return '<1%';
  if (fraction >= 0.995 && fraction < 1) return '>99%';
  return `${Math.round(fraction * 100)}%`;
}

/** A small share: "0%", "<0.1%", "0.9%", "9.9%", "12%"; at most 5 columns up to 999 %. */
export function formatSmallShare(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction)) return '-';
  if (fraction > 0 && fraction < 0.0005) return '<0.1%';
  if (fraction > 0 && fraction < 0.0995) return `${(fraction * 100).toFixed(1)}%`;
  return `${Math.round(fraction * 100)}%`;
}

/** Time since the session began: "00:42", "1:02:03"; whole seconds, rounded down as clocks are. */
export function formatClock(sinceStartNs: number): string {
  const seconds = Math.max(0, Math.floor(sinceStartNs / NS_PER_SECOND));
  const hours = Math.floor(seconds / 3600);
  const tail = `${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
}

/** "640B", "12.3MiB", "2.0GiB"; at most 7 columns. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return '-';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const step = units.findIndex((_unit, index) => bytes < 999.5 * 1024 ** index || index === units.length - 1);
  const figure = bytes / 1024 ** step;
  return `${step === 0 || figure >= 99.95 ? Math.round(figure) : figure.toFixed(1)}${units[step]}`;
}

function firstFit(value: number, steps: readonly Step[]): string | null {
  for (const { size, unit, decimals, below } of steps) {
    const scale = 10 ** decimals;
    const rounded = Math.round((value * scale) / size) / scale;
    if (rounded < below) return rounded.toFixed(decimals) + unit;
  }
  return null;
}

function overAMinute(durationNs: number): string {
  const seconds = Math.round(durationNs / NS_PER_SECOND);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (hours === 0) return `${minutes}m${twoDigits(seconds % 60)}s`;
  if (days === 0) return `${hours}h${twoDigits(minutes % 60)}m`;
  return days < 100 ? `${days}d${twoDigits(hours % 24)}h` : `${Math.min(days, 99_999)}d`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** "0x7f3a10c0": an address. */
export function formatAddress(address: bigint): string {
  return `0x${address.toString(16)}`;
}
