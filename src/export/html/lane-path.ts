import { isIdle, type TimePart } from '../../model/cause.js';
import { PART_ORDER, PART_WORDS } from '../../model/part-words.js';
import type { LaneHistory } from './lane-columns.js';

/** Height of a lane in its own units, whose multiples all heights in it are. */
export const LANE_HEIGHT = 40;

/** Drawn from the bottom up; idleness is what is left blank. */
export const LANE_PARTS: readonly TimePart[] = PART_ORDER.filter((part) => !isIdle(part));

/** Where a column lies on the axis. */
export interface LaneColumn {
  readonly from: number;
  readonly to: number;
  readonly durationNs: number;
}

/** A path for each part of a lane's time that occurs: its share of each column, stacked on the parts before it. */
export function lanePaths(lane: LaneHistory, columns: readonly LaneColumn[]): { part: TimePart; path: string }[] {
  const builders = LANE_PARTS.map((part) => ({ part, path: '', run: null as Run | null }));
  for (const [index, { from, to, durationNs }] of columns.entries()) {
    let belowNs = 0;
    for (const builder of builders) {
      const ns = lane.timeNs(index, builder.part);
      const y1 = heightOf(belowNs, durationNs);
      belowNs += ns;
      const y0 = heightOf(belowNs, durationNs);
      // What is too little to be drawn must not hide that it was there.
      const y = y0 === y1 && ns * 200 > durationNs && y1 > 0 ? y1 - 1 : y0;
      extend(builder, { from, to, y0: y, y1 });
    }
  }
  return builders
    .map((builder) => ({ part: builder.part, path: builder.path + runPath(builder.run) }))
    .filter(({ path }) => path !== '');
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly y0: number;
  readonly y1: number;
}

function extend(builder: { path: string; run: Run | null }, next: Run): void {
  const { run } = builder;
  if (run !== null && run.to === next.from && run.y0 === next.y0 && run.y1 === next.y1) {
    builder.run = { ...run, to: next.to };
    return;
  }
  builder.path += runPath(run);
  builder.run = next;
}

function runPath(run: Run | null): string {
  if (run === null || run.y0 === run.y1 || run.from === run.to) return '';
  const [width, height] = [run.to - run.from, run.y1 - run.y0];
  return `M${run.from} ${run.y0}h${width}v${height}h-${width}z`;
}

function heightOf(ns: number, durationNs: number): number {
  return LANE_HEIGHT - Math.round(Math.min(1, ns / Math.max(1, durationNs)) * LANE_HEIGHT);
}

/** "F80c20": what the page's script says of a column; nothing where the thread did not live. */
export function laneCell(lane: LaneHistory, column: number, durationNs: number): string {
  return PART_ORDER.map((part) => {
    const percent = Math.round((lane.timeNs(column, part) / Math.max(1, durationNs)) * 100);
    return percent > 0 ? `${PART_WORDS[part].letter}${Math.min(percent, 100)}` : '';
  }).join('');
}
