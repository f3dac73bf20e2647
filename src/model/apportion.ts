/**
 * Divides a whole number among shares so that the parts, whole numbers too, add up to it (largest remainders). The shares
 * need not add up to anything; where all are 0 the last one gets it all.
 */
export function apportion(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  if (sum <= 0) return shares.map((_, index) => (index === shares.length - 1 ? total : 0));
  const exact = shares.map((share) => (total * share) / sum);
  const parts = exact.map(Math.floor);
  const missing = total - parts.reduce((a, b) => a + b, 0);
  const largest = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  // Beyond 2^53 more than one may be missing to each.
  for (let left = missing, at = 0; left !== 0; at += 1) {
    const { index } = largest[at % largest.length] ?? { index: 0 };
    const step = Math.sign(left) * Math.max(1, Math.floor(Math.abs(left) / largest.length));
    parts[index] = (parts[index] ?? 0) + step;
    left -= step;
  }
  return parts;
}
