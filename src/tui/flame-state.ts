import type { FlameChoice } from '../model/flame-tree.js';
import type { ActionId } from './actions.js';
import { boxAt, type FlameBox, type FlamePath, type FlameRows, pathOf } from './flame-layout.js';

/** What the reader has chosen to see of the stacks. Frames are named by their paths, so that they outlive a snapshot. */
export interface FlameState extends Omit<FlameChoice, 'showIdle'> {
  /** What was zoomed into, each within the one before. */
  readonly zooms: readonly FlamePath[];
  readonly chosen: FlamePath;
  readonly search: string;
}

export const FIRST_FLAMES: FlameState = {
  of: 'faults',
  by: 'time',
  outer: 'functions',
  reversed: false,
  zooms: [],
  chosen: [],
  search: '',
};

/** What was zoomed into last; the root's empty path where nothing was. */
export function zoomOf({ zooms }: FlameState): FlamePath {
  return zooms.at(-1) ?? [];
}

/** The flames after an action, as they were last drawn; null where the action is none of theirs. */
export function actOnFlames(state: FlameState, action: ActionId, rows: FlameRows | null): FlameState | null {
  switch (action) {
    case 'flame-of':
      return anew(state, { of: state.of === 'faults' ? 'offCpu' : 'faults', outer: 'functions' });
    case 'flame-by':
      return { ...state, by: state.by === 'time' ? 'count' : 'time' };
    case 'flame-outer':
      return anew(state, { outer: nextOuter(state) });
    case 'reverse':
      return anew(state, { reversed: !state.reversed });
    case 'back':
      return zoomedOut(state) ?? (state.search === '' ? null : { ...state, search: '' });
    case 'zoom-out':
      return zoomedOut(state) ?? state;
    default:
      return rows === null ? null : moved(state, action, rows);
  }
}

/** Another tree has other paths. */
function anew(state: FlameState, change: Partial<FlameState>): FlameState {
  return { ...state, zooms: [], chosen: [], ...change };
}

/** All major faults have one cause. */
function nextOuter({ of, outer }: FlameState): FlameState['outer'] {
  if (outer === 'functions') return 'threads';
  return outer === 'threads' && of === 'offCpu' ? 'causes' : 'functions';
}

function zoomedOut(state: FlameState): FlameState | null {
  return state.zooms.length === 0 ? null : { ...state, zooms: state.zooms.slice(0, -1) };
}

function moved(state: FlameState, action: ActionId, rows: FlameRows): FlameState | null {
  const box = boxAt(rows, state.chosen);
  if (box === null) return null;
  const to = (next: FlameBox | undefined): FlameState =>
    next === undefined ? state : { ...state, chosen: pathOf(next) };
  const beside = (step: 1 | -1): FlameBox | undefined => {
    const row = rows[pathOf(box).length] ?? [];
    return row[row.indexOf(box) + step];
  };
  switch (action) {
    case 'open':
      return zoomedInto(state, pathOf(box));
    case 'up':
      return to(box.parent ?? undefined);
    case 'down':
      return to(within(rows, box, 1));
    case 'sort-left':
      return to(beside(-1));
    case 'sort-right':
      return to(beside(1));
    case 'page-up':
      return to(around(box, PAGE));
    case 'page-down':
      return to(within(rows, box, PAGE));
    case 'home':
      return to(rows[0]?.[0]);
    case 'end':
      return to(within(rows, box, rows.length));
    default:
      return null;
  }
}

/** Frames a page key passes. */
const PAGE = 8;

/** What lies around a frame is zoomed into by dropping what is within. */
function zoomedInto(state: FlameState, path: FlamePath): FlameState {
  const around = state.zooms.filter((zoom) => zoom.length < path.length);
  return { ...state, chosen: path, zooms: path.length === 0 ? [] : [...around, path] };
}

/** So many frames further in, along the widest ones; fewer where there are no more. */
function within(rows: FlameRows, box: FlameBox, steps: number): FlameBox {
  let at = box;
  for (let depth = pathOf(box).length; depth < pathOf(box).length + steps; depth += 1) {
    // The first is the widest.
    const next = rows[depth + 1]?.find(({ parent }) => parent === at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function around(box: FlameBox, steps: number): FlameBox {
  let at = box;
  for (let step = 0; step < steps && at.parent !== null; step += 1) at = at.parent;
  return at;
}
