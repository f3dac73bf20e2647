import type { Snapshot } from '../model/snapshot.js';
import { type ActionId, isPage, type ScreenId } from './actions.js';
import type { FlameRows } from './flame-layout.js';
import { actOnFlames, FIRST_FLAMES, type FlameState } from './flame-state.js';
import { chosenId, LIST_TOP, type ListState, type Move, move } from './list.js';
import { DEFAULT_SORT, fitColumns, THREAD_COLUMNS } from './thread-columns.js';
import type { ThreadQuery } from './thread-order.js';

/** What the reader has chosen to see. Replaced, never changed. */
export interface ViewState {
  readonly screen: ScreenId;
  /** Where Esc leads from the help page. */
  readonly before: ScreenId;
  readonly query: ThreadQuery;
  readonly threads: ListState;
  /** ThreadView.id of the thread whose page is open. */
  readonly openThread: string | null;
  readonly waits: ListState;
  readonly files: ListState;
  /** FileView.id of the file whose page is open. */
  readonly openFile: string | null;
  /** First line shown of a page. */
  readonly scroll: number;
  readonly flames: FlameState;
  /** While the filter, or what is searched for in stacks, is being typed: what it was before. */
  readonly filterBefore: string | null;
  readonly showIdle: boolean;
  /** The snapshot the view is frozen on. */
  readonly paused: Snapshot | null;
  /** The answer to the last key, until the next one. */
  readonly message: string | null;
}

export const INITIAL_VIEW: ViewState = {
  screen: 'main',
  before: 'main',
  query: { sort: DEFAULT_SORT, descending: true, filter: '' },
  threads: LIST_TOP,
  openThread: null,
  waits: LIST_TOP,
  files: LIST_TOP,
  openFile: null,
  scroll: 0,
  flames: FIRST_FLAMES,
  filterBefore: null,
  showIdle: false,
  paused: null,
  message: null,
};

/** What an action needs to know of the screen as it was last drawn. */
export interface Surroundings {
  readonly snapshot: Snapshot;
  readonly threadIds: readonly string[];
  readonly threadRows: number;
  /** Width of the thread table: only columns on the screen can be sorted by. */
  readonly tableWidth: number;
  readonly waitIds: readonly string[];
  readonly waitRows: number;
  readonly fileIds: readonly string[];
  readonly fileRows: number;
  /** Lines of the page on the screen, and how many of them fit. */
  readonly pageLines: number;
  readonly pageRows: number;
  /** Frames as they were drawn; null where there are none. */
  readonly flames: FlameRows | null;
}

/** The view after an action; `quit`, `export` and what switches probe sets change nothing here. */
export function act(state: ViewState, action: ActionId, around: Surroundings): ViewState {
  const flames = state.screen === 'flames' ? actOnFlames(state.flames, action, around.flames) : null;
  if (flames !== null) return { ...state, flames };
  switch (action) {
    case 'up':
    case 'down':
    case 'page-up':
    case 'page-down':
    case 'home':
    case 'end':
      return moved(state, action, around);
    case 'open':
      return opened(state, around);
    case 'back':
      return back(state);
    case 'help':
      return { ...state, screen: 'help', before: state.screen === 'help' ? state.before : state.screen, scroll: 0 };
    case 'filter':
      if (state.screen === 'flames') return { ...state, filterBefore: typedText(state) };
      return { ...state, screen: 'main', filterBefore: state.query.filter };
    case 'sort-left':
      return sorted(state, -1, around.tableWidth);
    case 'sort-right':
      return sorted(state, 1, around.tableWidth);
    case 'reverse':
      return { ...state, query: { ...state.query, descending: !state.query.descending } };
    case 'pause':
      return { ...state, paused: state.paused === null ? around.snapshot : null };
    case 'idle':
      return { ...state, showIdle: !state.showIdle };
    default:
      if (!isPage(action)) return state;
      return { ...state, screen: state.screen === action ? 'main' : action, scroll: 0 };
  }
}

/** A key pressed while the filter, or what is searched for, is being typed. */
export function typeFilter(state: ViewState, key: { readonly name: string; readonly text: string | null }): ViewState {
  const typed = typedText(state);
  if (key.name === 'escape') return { ...withTyped(state, state.filterBefore ?? ''), filterBefore: null };
  if (key.name === 'enter') return { ...state, filterBefore: null };
  if (key.name === 'backspace') return withTyped(state, Array.from(typed).slice(0, -1).join(''));
  if (key.name === 'C-u') return withTyped(state, '');
  return key.text === null ? state : withTyped(state, typed + key.text);
}

/** What is being typed: threads are filtered, stacks are searched. */
export function typedText({ screen, flames, query }: ViewState): string {
  return screen === 'flames' ? flames.search : query.filter;
}

function withTyped(state: ViewState, typed: string): ViewState {
  if (state.screen === 'flames') return { ...state, flames: { ...state.flames, search: typed } };
  return { ...state, threads: LIST_TOP, query: { ...state.query, filter: typed } };
}

function moved(state: ViewState, by: Move, around: Surroundings): ViewState {
  if (state.screen === 'main')
    return { ...state, threads: move(state.threads, around.threadIds, around.threadRows, by) };
  if (state.screen === 'thread') return { ...state, waits: move(state.waits, around.waitIds, around.waitRows, by) };
  if (state.screen === 'files') return { ...state, files: move(state.files, around.fileIds, around.fileRows, by) };
  const page = Math.max(1, around.pageRows - 1);
  const steps = {
    up: -1,
    down: 1,
    'page-up': -page,
    'page-down': page,
    home: -around.pageLines,
    end: around.pageLines,
  };
  const last = Math.max(0, around.pageLines - around.pageRows);
  return { ...state, scroll: Math.min(last, Math.max(0, state.scroll + steps[by])) };
}

function opened(state: ViewState, around: Surroundings): ViewState {
  if (state.screen === 'files') {
    const openFile = chosenId(state.files, around.fileIds);
    return openFile === null ? state : { ...state, screen: 'file', openFile, scroll: 0 };
  }
  if (state.screen !== 'main') return state;
  const openThread = chosenId(state.threads, around.threadIds);
  return openThread === null ? state : { ...state, screen: 'thread', openThread, waits: LIST_TOP };
}

function back(state: ViewState): ViewState {
  if (state.screen === 'help') return { ...state, screen: state.before, scroll: 0 };
  if (state.screen === 'file') return { ...state, screen: 'files', scroll: 0 };
  if (state.screen !== 'main') return { ...state, screen: 'main', scroll: 0 };
  return { ...state, query: { ...state.query, filter: '' } };
}

/** Moves to the neighbouring column; figures begin with the largest, names with the first. */
function sorted(state: ViewState, step: 1 | -1, tableWidth: number): ViewState {
  const shown = fitColumns(tableWidth).map(({ column }) => column);
  const at = shown.findIndex(({ id }) => id === state.query.sort);
  const next = shown[(at + step + shown.length) % shown.length] ?? THREAD_COLUMNS[0];
  if (next === undefined) return state;
  return {
    ...state,
    query: { ...state.query, sort: next.id, descending: next.align === 'right' && next.id !== 'tid' },
  };
}
