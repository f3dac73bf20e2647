import { TIME_UNITS } from './time-axis.js';

/** Height of a chart in its own units; they are stretched to the room there is. */
export const CHART_HEIGHT = 100;

/** A value that held from one place of the axis to another; null is not known. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly value: number | null;
}

/** The area under steps, from nought to `top`; nothing is drawn where the value is not known. */
export function areaPath(steps: readonly Step[], top: number): string {
  let path = '';
  let end = Number.NaN;
  let height = Number.NaN;
  for (const { from, to, value } of steps) {
    if (value === null || to <= from) continue;
    const y = Math.round((1 - Math.max(0, Math.min(1, value / top))) * CHART_HEIGHT * 10) / 10;
    if (from === end) path += y === height ? `H${to}` : `V${y}H${to}`;
    else path += `${path === '' ? '' : `V${CHART_HEIGHT}z`}M${from} ${CHART_HEIGHT}V${y}H${to}`;
    end = to;
    height = y;
  }
  return path === '' ? '' : `${path}V${CHART_HEIGHT}z`;
}

/** A line across the whole chart at `value`. */
export function linePath(value: number, top: number): string {
  const y = Math.round((1 - value / top) * CHART_HEIGHT * 10) / 10;
  return `M0 ${y}H${TIME_UNITS}`;
}
