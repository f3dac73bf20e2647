import { describe, expect, it } from 'vitest';
import { ACTIONS_IN, actionFor } from '../../../src/tui/actions.js';
import { act, INITIAL_VIEW, type Surroundings, typeFilter } from '../../../src/tui/state.js';
import { snapshot } from '../../tui/screens/snapshot-builder.js';

const around: Surroundings = {
  snapshot: snapshot(),
  threadIds: ['a', 'b', 'c'],
  threadRows: 2,
  tableWidth: 79,
  waitIds: ['x', 'y'],
  waitRows: 2,
  fileIds: ['f1', 'f2', 'f3'],
  fileRows: 2,
  pageLines: 50,
  pageRows: 20,
  flames: null,
};

describe('the list of actions', () => {
  it.each(['live', 'replay'] as const)('gives no key two meanings, and each action a key, in the mode %s', (mode) => {
    const keys = ACTIONS_IN[mode].flatMap((action) => action.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(ACTIONS_IN[mode].every(({ keys: own }) => own.length > 0)).toBe(true);
  });

  it('has keys for what only a live session, or only a replay can do', () => {
    expect(['p', 'n', '.', 'x', 'C', '['].map((key) => actionFor(key, 'live'))).toEqual([
      'pause',
      'requests',
      'sort-right',
      'exact',
      'pagecache',
      undefined,
    ]);
    expect(['p', 'n', '.', 'x', 'C', '['].map((key) => actionFor(key, 'replay'))).toEqual([
      'play',
      'next-stall',
      'step-forward',
      undefined,
      undefined,
      'seek-back',
    ]);
  });

  it('has the keys people try first', () => {
    expect(['?', 'q', 'C-c', '/', 'enter', 'escape', 'j', 'k'].map((key) => actionFor(key, 'live'))).toEqual([
      'help',
      'quit',
      'quit',
      'filter',
      'open',
      'back',
      'down',
      'up',
    ]);
    expect(actionFor('ß', 'live')).toBeUndefined();
  });
});

describe('what a key does to the view', () => {
  it('wraps round the columns that are on the screen', () => {
    const last = act({ ...INITIAL_VIEW, query: { ...INITIAL_VIEW.query, sort: 'tid' } }, 'sort-left', around);
    expect(last.query).toMatchObject({ sort: 'cpu', descending: true });
    expect(act(last, 'sort-right', around).query).toMatchObject({ sort: 'tid', descending: false });
  });

  it('begins at the first column where the sorted one is off the screen', () => {
    const hidden = { ...INITIAL_VIEW, query: { ...INITIAL_VIEW.query, sort: 'residue' } };
    expect(act(hidden, 'sort-right', around).query.sort).toBe('tid');
  });

  it('comes back from the help to where it was asked for, also when asked twice', () => {
    const thread = act(INITIAL_VIEW, 'open', around);
    const help = act(act(thread, 'help', around), 'help', around);
    expect(act(help, 'back', around)).toMatchObject({ screen: 'thread', openThread: 'a' });
  });

  it('opens nothing where there is no thread', () => {
    expect(act(INITIAL_VIEW, 'open', { ...around, threadIds: [] })).toBe(INITIAL_VIEW);
  });

  it('scrolls a page within its lines', () => {
    const help = act(INITIAL_VIEW, 'help', around);
    expect(act(help, 'up', around).scroll).toBe(0);
    expect(act(help, 'end', around).scroll).toBe(30);
    expect(act(act(help, 'end', around), 'page-up', around).scroll).toBe(11);
  });

  it('freezes on the snapshot of the moment and lets go again', () => {
    const paused = act(INITIAL_VIEW, 'pause', around);
    expect(paused.paused).toBe(around.snapshot);
    expect(act(paused, 'pause', around).paused).toBeNull();
  });

  it('takes a filter back on Esc to what it was before', () => {
    const filtered = { ...INITIAL_VIEW, query: { ...INITIAL_VIEW.query, filter: 'old' } };
    const typing = typeFilter(act(filtered, 'filter', around), { name: 'x', text: 'x' });
    expect(typing.query.filter).toBe('oldx');
    expect(typeFilter(typing, { name: 'escape', text: null })).toMatchObject({
      filterBefore: null,
      query: { filter: 'old' },
    });
  });

  it('deletes a character as the reader sees it', () => {
    const typing = { ...INITIAL_VIEW, filterBefore: '', query: { ...INITIAL_VIEW.query, filter: 'a😀' } };
    expect(typeFilter(typing, { name: 'backspace', text: null }).query.filter).toBe('a');
    expect(typeFilter(typing, { name: 'C-u', text: null }).query.filter).toBe('');
  });
});
