/** The least of 1, 2 and 5 times a power of ten that is not below `value`: the top of a scale. */
export function scaleTop(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
