/** A scrolled list with one chosen row. The choice names the row, not its place, so it moves along when rows do. */
export interface ListState {
  /** null: whatever stands first, so that a list left alone keeps showing its top. */
  readonly chosen: string | null;
  /** Index of the first visible row at the last frame. */
  readonly top: number;
}

export const LIST_TOP: ListState = { chosen: null, top: 0 };

export interface VisibleRows {
  readonly top: number;
  readonly chosenIndex: number;
}

/** Which rows to show in `height` lines so that the chosen one is among them, moving as little as possible. */
export function visibleRows(state: ListState, ids: readonly string[], height: number): VisibleRows {
  const chosenIndex = indexOfChosen(state, ids);
  const lastTop = Math.max(0, ids.length - height);
  const wanted = state.chosen === null ? 0 : state.top;
  const top = Math.min(Math.max(wanted, chosenIndex - height + 1), chosenIndex, lastTop);
  return { top: Math.max(0, top), chosenIndex };
}

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end';

/** The list after a key; `home` lets go of the row and follows the top again. */
export function move(state: ListState, ids: readonly string[], height: number, by: Move): ListState {
  if (by === 'home' || ids.length === 0) return LIST_TOP;
  const { top, chosenIndex } = visibleRows(state, ids, height);
  const page = Math.max(1, height - 1);
  const steps = { up: -1, down: 1, 'page-up': -page, 'page-down': page, end: ids.length };
  const index = Math.min(ids.length - 1, Math.max(0, chosenIndex + steps[by]));
  const chosen = ids[index] ?? null;
  return { chosen, top: visibleRows({ chosen, top }, ids, height).top };
}

/** The id of the chosen row, if there is any row. */
export function chosenId(state: ListState, ids: readonly string[]): string | null {
  return ids[indexOfChosen(state, ids)] ?? null;
}

function indexOfChosen({ chosen }: ListState, ids: readonly string[]): number {
  return chosen === null ? 0 : Math.max(0, ids.indexOf(chosen));
}
