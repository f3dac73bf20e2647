import { PART_WORDS } from '../../../model/part-words.js';
import { formatClock } from '../../../text/units.js';
import { all, first } from './dom.js';
import type { PageData } from './page-data.js';
import { WHOLE } from './time-view.js';

/** Says below a chart what it shows at one moment. */
export interface Readout {
  /** At a place on the axis, on the lane that holds `target`. */
  at(place: number, target: EventTarget | null): void;
  /** Moves the cursor of the keyboard. */
  move(columns: number, rows: number): void;
}

export function readout(chart: HTMLElement, data: PageData): Readout {
  const name = chart.dataset.chart ?? '';
  const line = first(document, `[data-readout="${name}"]`, HTMLElement);
  const lanes = all(chart, '.lane', HTMLElement);
  const ends = lanes.length > 0 ? data.lanes.columns : data.history;
  let [column, row] = [0, 0];
  const say = (): void => {
    if (line === undefined || ends.length === 0) return;
    const from = column === 0 ? 0 : (ends[column - 1] ?? 0);
    const span = `${formatClock(from)} to ${formatClock(ends[column] ?? 0)}`;
    const what = lanes.length > 0 ? laneText(data, row, column) : trackText(data, name, column);
    line.hidden = false;
    line.textContent = `${span}: ${what}`;
    for (const [index, lane] of lanes.entries()) lane.classList.toggle('chosen', index === row);
  };
  return {
    at: (place, target) => {
      const lane = target instanceof Element ? target.closest('.lane') : null;
      const pointed = lane === null ? -1 : all(chart, '.lane', Element).indexOf(lane);
      if (lanes.length > 0 && pointed === -1) return;
      row = Math.max(0, pointed);
      column = columnAt(ends, (place / WHOLE) * data.durationNs);
      line?.removeAttribute('aria-live');
      say();
    },
    move: (columns, rows) => {
      column = Math.max(0, Math.min(ends.length - 1, column + columns));
      row = Math.max(0, Math.min(lanes.length - 1, row + rows));
      line?.setAttribute('aria-live', 'polite');
      say();
    },
  };
}

function columnAt(ends: readonly number[], atNs: number): number {
  const found = ends.findIndex((end) => atNs <= end);
  return found === -1 ? ends.length - 1 : found;
}

function trackText({ charts }: PageData, name: string, column: number): string {
  return (charts[name] ?? []).map(({ title, texts }) => `${title} ${texts[column] ?? '-'}`).join(', ');
}

const NAMES: ReadonlyMap<string, string> = new Map(Object.values(PART_WORDS).map(({ letter, name }) => [letter, name]));

function laneText({ lanes }: PageData, row: number, column: number): string {
  const lane = lanes.lanes[row];
  const parts = [...(lane?.cells[column] ?? '').matchAll(/([A-Za-z])(\d+)/g)].map(
    ([, letter = '', percent]) => `${NAMES.get(letter) ?? letter} ${percent}%`,
  );
  return `${lane?.name ?? '-'}: ${parts.length === 0 ? 'not alive' : parts.join(', ')}`;
}
