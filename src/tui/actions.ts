import type { SwitchableSet } from '../record/record.js';
import type { ReplayCommand } from '../replay/player.js';
import type { Move } from './list.js';

/** Everything a key can do. The `?` page, the footer and the key handling read this one list. */
export type ActionId =
  | Move
  | 'open'
  | 'back'
  | 'filter'
  | 'sort-left'
  | 'sort-right'
  | 'reverse'
  | 'pause'
  | 'idle'
  | 'flame-of'
  | 'flame-by'
  | 'flame-outer'
  | 'zoom-out'
  | PageId
  | SwitchId
  | 'record'
  | ReplayCommand
  | 'export'
  | 'help'
  | 'quit';

/** The pages beside the main screen: a key opens one, and the same key closes it. */
const PAGES = [
  'faults',
  'symptoms',
  'stalls',
  'goroutines',
  'findings',
  'files',
  'pages',
  'flames',
  'devices',
  'wakes',
] as const;
export type PageId = (typeof PAGES)[number];

type SwitchId = 'exact' | 'requests' | 'pagecache' | 'storage' | 'stacks' | 'wakers';

/** The probe set that an action starts or stops. */
export const SWITCHES: Readonly<Partial<Record<ActionId, SwitchableSet>>> = {
  exact: 'entry',
  requests: 'requests',
  pagecache: 'pagecache',
  storage: 'storage',
  stacks: 'stacks',
  wakers: 'wakers',
};

const REPLAY_COMMANDS: { readonly [command in ReplayCommand]: true } = {
  play: true,
  'step-back': true,
  'step-forward': true,
  'seek-back': true,
  'seek-forward': true,
  'seek-far-back': true,
  'seek-far-forward': true,
  'to-start': true,
  'to-end': true,
  'next-stall': true,
  'previous-stall': true,
  faster: true,
  slower: true,
};

export function isReplayCommand(action: ActionId): action is ReplayCommand {
  return Object.hasOwn(REPLAY_COMMANDS, action);
}

export function isPage(action: ActionId): action is PageId {
  return (PAGES as readonly ActionId[]).includes(action);
}

export type ScreenId = 'main' | 'thread' | 'file' | 'help' | PageId;

/** What is shown: a session that goes on, or a recorded one. */
export type Mode = 'live' | 'replay';

export interface Action {
  readonly id: ActionId;
  /** Only there; everywhere where it is left out. */
  readonly in?: Mode;
  /** Names as {@link KeyPress} has them. */
  readonly keys: readonly string[];
  /** Its line on the `?` page; absent where the line of its opposite speaks for both. */
  readonly help?: { readonly keys: string; readonly text: string };
  /** Its places in the footer: one for each meaning. */
  readonly footer?: FooterPlace | readonly FooterPlace[];
}

/** The less important ones give way where the line is short. */
export interface FooterPlace {
  readonly text: string;
  readonly on: readonly ScreenId[];
  readonly importance: number;
}

const NOT_HELP: readonly ScreenId[] = ['main', 'thread', 'file', ...PAGES];
/** Pages on which a row is chosen, or nothing moves. */
const UNSCROLLED: readonly ScreenId[] = ['symptoms', 'files', 'flames'];
const EVERYWHERE: readonly ScreenId[] = [...NOT_HELP, 'help'];

const ACTIONS: readonly Action[] = [
  {
    id: 'help',
    keys: ['?', 'f1', 'h'],
    help: { keys: '?', text: 'this page' },
    footer: { text: '? help', on: NOT_HELP, importance: 10 },
  },
  {
    id: 'back',
    keys: ['escape'],
    help: { keys: 'Esc', text: 'back; on the main screen: drop the filter; stacks: zoom out, drop the search' },
    footer: { text: 'Esc back', on: ['thread', 'file', ...PAGES, 'help'], importance: 9 },
  },
  {
    id: 'open',
    keys: ['enter'],
    help: { keys: 'Enter', text: 'all of the chosen thread or file; stacks: zoom into the frame' },
    footer: [
      { text: 'Enter thread', on: ['main'], importance: 6 },
      { text: 'Enter open', on: ['files'], importance: 9 },
      { text: 'Enter zoom', on: ['flames'], importance: 8 },
    ],
  },
  {
    id: 'symptoms',
    keys: ['s'],
    help: { keys: 's', text: 'stalls, faults, CPUs, host and requests over one axis of time' },
    footer: { text: 's symptoms', on: ['main'], importance: 9 },
  },
  {
    id: 'findings',
    keys: ['d'],
    help: { keys: 'd', text: 'diagnosis: findings with their evidence, remedies and what-if' },
    footer: { text: 'd diagnosis', on: ['main'], importance: 9 },
  },
  {
    id: 'goroutines',
    keys: ['o'],
    help: { keys: 'o', text: 'goroutines by start function, and single ones' },
    footer: { text: 'o goroutines', on: ['main'], importance: 6 },
  },
  {
    id: 'stalls',
    keys: ['f'],
    help: { keys: 'f', text: 'full stalls one by one, with the threads in them' },
    footer: { text: 'f full stalls', on: ['main'], importance: 5 },
  },
  {
    id: 'files',
    keys: ['m'],
    help: { keys: 'm', text: 'mapped files: where in them the faults are, how much of them is in memory' },
    footer: { text: 'm files', on: ['main'], importance: 8 },
  },
  {
    id: 'pages',
    keys: ['c'],
    help: { keys: 'c', text: 'page cache: who evicts its pages, who fills memory, causes of faults' },
    footer: { text: 'c page cache', on: ['main'], importance: 7 },
  },
  {
    id: 'flames',
    keys: ['t'],
    help: { keys: 't', text: 'stacks: which code faults, which waits' },
    footer: { text: 't stacks', on: ['main'], importance: 6 },
  },
  {
    id: 'devices',
    keys: ['b'],
    help: { keys: 'b', text: 'block devices: queue and service times' },
    footer: { text: 'b devices', on: ['main'], importance: 4 },
  },
  {
    id: 'wakes',
    keys: ['w'],
    help: { keys: 'w', text: 'wakers: who ends the waits, locks behind a fault' },
    footer: { text: 'w wakers', on: ['main'], importance: 4 },
  },
  {
    id: 'down',
    keys: ['down', 'j'],
    help: {
      keys: 'Up Down k j',
      text: 'choose a row, which stays with its thread or file; stacks: the frame around or within',
    },
    footer: [
      { text: 'Up/Down choose', on: ['thread', 'files'], importance: 8 },
      { text: 'arrows choose', on: ['flames'], importance: 5 },
    ],
  },
  {
    id: 'up',
    keys: ['up', 'k'],
    footer: {
      text: 'Up/Down scroll',
      on: ['file', ...PAGES.filter((page) => !UNSCROLLED.includes(page)), 'help'],
      importance: 8,
    },
  },
  { id: 'page-down', keys: ['pagedown', 'C-f'], help: { keys: 'PgUp PgDn', text: 'a page up or down' } },
  { id: 'page-up', keys: ['pageup', 'C-b'] },
  {
    id: 'home',
    keys: ['home', 'g'],
    help: { keys: 'Home g', text: 'the first row; from then on the top is followed' },
  },
  { id: 'end', keys: ['end', 'G'], help: { keys: 'End G', text: 'the last row' } },
  {
    id: 'filter',
    keys: ['/'],
    help: { keys: '/', text: 'only threads with this in their name or TID; stacks: search functions and modules' },
    footer: [
      { text: '/ filter', on: ['main'], importance: 8 },
      { text: '/ search', on: ['flames'], importance: 8 },
    ],
  },
  {
    id: 'sort-right',
    keys: ['>', 'right'],
    help: { keys: '< >', text: 'sort by the column to the left or right; stacks, arrows too: the frame there' },
    footer: { text: '<> sort', on: ['main'], importance: 7 },
  },
  { id: 'sort-left', keys: ['<', 'left'] },
  { id: 'sort-right', in: 'live', keys: ['.'] },
  { id: 'sort-left', in: 'live', keys: [','] },
  {
    id: 'reverse',
    keys: ['r'],
    help: { keys: 'r', text: 'reverse the order; stacks: innermost functions first, their callers below' },
    footer: [
      { text: 'r reverse', on: ['main'], importance: 2 },
      { text: 'r reverse', on: ['flames'], importance: 6 },
    ],
  },
  {
    id: 'pause',
    in: 'live',
    keys: ['p', 'space'],
    help: { keys: 'p Space', text: 'freeze the view; tracing goes on' },
    footer: { text: 'p pause', on: NOT_HELP, importance: 7 },
  },
  {
    id: 'play',
    in: 'replay',
    keys: ['p', 'space'],
    help: { keys: 'p Space', text: 'play, pause, or stop seeking; at the end: play from the start' },
    footer: { text: 'p play', on: NOT_HELP, importance: 9 },
  },
  {
    id: 'step-forward',
    in: 'replay',
    keys: ['.'],
    help: { keys: ', .', text: 'a moment back or on: what is between two readings' },
    footer: { text: ',. step', on: NOT_HELP, importance: 7 },
  },
  { id: 'step-back', in: 'replay', keys: [','] },
  {
    id: 'seek-forward',
    in: 'replay',
    keys: [']', 'S-right'],
    help: { keys: '[ ]', text: 'ten seconds back or on; Shift with the arrows too' },
    footer: { text: '[] seek', on: NOT_HELP, importance: 8 },
  },
  { id: 'seek-back', in: 'replay', keys: ['[', 'S-left'] },
  {
    id: 'seek-far-forward',
    in: 'replay',
    keys: ['}', 'C-right'],
    help: { keys: '{ }', text: 'a minute back or on; Ctrl with the arrows too' },
  },
  { id: 'seek-far-back', in: 'replay', keys: ['{', 'C-left'] },
  {
    id: 'next-stall',
    in: 'replay',
    keys: ['n'],
    help: { keys: 'n N', text: 'the next or the previous moment with full stalls' },
    footer: { text: 'n next stall', on: NOT_HELP, importance: 7 },
  },
  { id: 'previous-stall', in: 'replay', keys: ['N'] },
  { id: 'to-end', in: 'replay', keys: ['$'], help: { keys: '0 $', text: 'to the start or the end of the recording' } },
  { id: 'to-start', in: 'replay', keys: ['0'] },
  {
    id: 'faster',
    in: 'replay',
    keys: ['+', '='],
    help: { keys: '- +', text: 'slower or faster: 1/4 to 64 times, or as fast as it can be read' },
    footer: { text: '-+ speed', on: NOT_HELP, importance: 6 },
  },
  { id: 'slower', in: 'replay', keys: ['-'] },
  {
    id: 'idle',
    keys: ['i'],
    help: { keys: 'i', text: 'idle time in or out of shares, stacks and wakers' },
    footer: [
      { text: 'i idle', on: ['main'], importance: 3 },
      { text: 'i idle', on: ['flames', 'wakes'], importance: 4 },
    ],
  },
  {
    id: 'flame-of',
    keys: ['tab'],
    help: { keys: 'Tab', text: 'stacks: of major faults, or of off-CPU time' },
    footer: { text: 'Tab off-CPU', on: ['flames'], importance: 9 },
  },
  {
    id: 'flame-by',
    keys: ['u'],
    help: { keys: 'u', text: 'stacks: widths by time, or by number' },
    footer: { text: 'u time/count', on: ['flames'], importance: 6 },
  },
  {
    id: 'flame-outer',
    keys: ['v'],
    help: { keys: 'v', text: 'stacks: all threads together, by thread, off-CPU by cause too' },
    footer: { text: 'v threads', on: ['flames'], importance: 6 },
  },
  { id: 'zoom-out', keys: ['backspace'], help: { keys: 'Backspace', text: 'stacks: zoom out' } },
  {
    id: 'faults',
    keys: ['l'],
    help: { keys: 'l', text: 'the longest faults' },
    footer: { text: 'l longest', on: ['main'], importance: 3 },
  },
  {
    id: 'exact',
    in: 'live',
    keys: ['x'],
    help: { keys: 'x', text: 'exact fault entry times on or off' },
    footer: { text: 'x exact', on: ['main'], importance: 4 },
  },
  {
    id: 'requests',
    in: 'live',
    keys: ['n'],
    help: { keys: 'n', text: "service times of the target's requests on or off" },
    footer: { text: 'n requests', on: ['main', 'symptoms'], importance: 4 },
  },
  {
    id: 'pagecache',
    in: 'live',
    keys: ['C'],
    help: { keys: 'C', text: 'the probe set pagecache on or off' },
    footer: { text: 'C on/off', on: ['pages', 'file'], importance: 9 },
  },
  {
    id: 'stacks',
    in: 'live',
    keys: ['T'],
    help: { keys: 'T', text: 'the probe set stacks on or off' },
    footer: { text: 'T on/off', on: ['flames'], importance: 9 },
  },
  {
    id: 'storage',
    in: 'live',
    keys: ['B'],
    help: { keys: 'B', text: 'the probe set storage on or off' },
    footer: { text: 'B on/off', on: ['devices'], importance: 9 },
  },
  {
    id: 'wakers',
    in: 'live',
    keys: ['W'],
    help: { keys: 'W', text: 'the probe set wakers on or off' },
    footer: { text: 'W on/off', on: ['wakes'], importance: 9 },
  },
  {
    id: 'record',
    in: 'live',
    keys: ['R'],
    help: { keys: 'R', text: 'begin or end recording the session to a file' },
    footer: { text: 'R record', on: NOT_HELP, importance: 4 },
  },
  {
    id: 'export',
    keys: ['e'],
    help: { keys: 'e', text: 'write the summary to a file' },
    footer: { text: 'e export', on: NOT_HELP, importance: 5 },
  },
  {
    id: 'quit',
    keys: ['q', 'C-c'],
    help: { keys: 'q Ctrl-C', text: 'quit' },
    footer: { text: 'q quit', on: EVERYWHERE, importance: 10 },
  },
];

function actionsIn(mode: Mode): readonly Action[] {
  return ACTIONS.filter((action) => action.in === undefined || action.in === mode);
}

/** What keys there are, in the order of the help. */
export const ACTIONS_IN: { readonly [mode in Mode]: readonly Action[] } = {
  live: actionsIn('live'),
  replay: actionsIn('replay'),
};

function byKey(actions: readonly Action[]): ReadonlyMap<string, ActionId> {
  return new Map(actions.flatMap((action) => action.keys.map((key) => [key, action.id] as const)));
}

const BY_KEY = { live: byKey(ACTIONS_IN.live), replay: byKey(ACTIONS_IN.replay) };

/** What a key means, if anything. */
export function actionFor(key: string, mode: Mode): ActionId | undefined {
  return BY_KEY[mode].get(key);
}
