import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlameChoice, type FlameNode, FlameTree, flameTree } from '../../../src/model/flame-tree.js';
import { boxAt, type FlameBox, type FlameRows, layOutFlames, pathOf } from '../../../src/tui/flame-layout.js';
import { matchingFrames } from '../../../src/tui/flame-search.js';
import { actOnFlames, FIRST_FLAMES, type FlameState, zoomOf } from '../../../src/tui/flame-state.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';

const CHOICE: FlameChoice = { of: 'faults', by: 'time', outer: 'functions', reversed: false, showIdle: false };

const FAULTS: readonly FoldedStack[] = [
  { line: 'main;serve;lookup;filemap_fault_[k]', count: 60, totalNs: 600 },
  { line: 'main;serve;scan;filemap_fault_[k]', count: 10, totalNs: 300, tid: 4713, threadName: 'scanner' },
  { line: 'main;serve', count: 25, totalNs: 50 },
  { line: '[no stack]', count: 5, totalNs: 50, tid: null, threadName: null, part: null },
];

const WAITS: readonly FoldedStack[] = [
  { line: 'main;accept', part: 'poll', count: 9, totalNs: 9000 },
  { line: 'main;lock', part: 'lock', count: 3, totalNs: 300 },
  { line: 'main;lookup', part: 'fault', count: 1, totalNs: 100 },
];

function treeOf(choice: Partial<FlameChoice> = {}): FlameTree {
  return new FlameTree(stacksView(FAULTS, WAITS), { ...CHOICE, ...choice });
}

/** "all 1000 (main 950 (serve 950 (...)))" down to a depth. */
function text(tree: FlameTree, node: FlameNode = tree.root, depth = 9): string {
  const children = depth === 0 ? [] : tree.children(node).map((child) => text(tree, child, depth - 1));
  return `${node.label} ${node.value}${children.length === 0 ? '' : ` (${children.join(', ')})`}`;
}

describe('the tree', () => {
  it('merges stacks from the outermost function in, most time first', () => {
    expect(text(treeOf())).toBe(
      'all 1000 (main 950 (serve 950 (lookup 600 (filemap_fault_[k] 600), scan 300 (filemap_fault_[k] 300))), [no stack] 50)',
    );
  });

  it('by number has other widths', () => {
    expect(text(treeOf({ by: 'count' }), undefined, 2)).toBe('all 100 (main 95 (serve 95), [no stack] 5)');
  });

  it('reversed shows whom a function is called by', () => {
    expect(text(treeOf({ reversed: true }), undefined, 2)).toBe(
      'all 1000 (filemap_fault_[k] 900 (lookup 600, scan 300), [no stack] 50, serve 50 (main 50))',
    );
  });

  it('can have threads and causes outermost', () => {
    expect(text(treeOf({ outer: 'threads' }), undefined, 1)).toBe(
      'all 1000 (worker 4712 650, scanner 4713 300, [no thread] 50)',
    );
    expect(text(treeOf({ of: 'offCpu', outer: 'causes' }), undefined, 2)).toBe(
      'all 400 (lock 300 (main 300), fault 100 (main 100))',
    );
  });

  it('sets idle time aside and says how much, or shows it', () => {
    const aside = treeOf({ of: 'offCpu' });
    expect(text(aside)).toBe('all 400 (main 400 (lock 300, lookup 100))');
    expect(aside.aside).toEqual({ count: 9, totalNs: 9000 });
    expect(treeOf({ of: 'offCpu', showIdle: true }).root.value).toBe(9400);
  });

  it('of the same snapshot and choice is built once', () => {
    const view = stacksView(FAULTS);
    expect(flameTree(view, CHOICE)).toBe(flameTree(view, { ...CHOICE }));
    expect(flameTree(view, { ...CHOICE, by: 'count' })).not.toBe(flameTree(view, CHOICE));
    expect(flameTree(stacksView(FAULTS), CHOICE)).not.toBe(flameTree(view, CHOICE));
  });

  it('adds up whatever the stacks: a frame is what its children are and what is its own', () => {
    const anyStack = fc.record({
      line: fc
        .array(fc.constantFrom('a', 'b', 'c', 'd_[k]'), { minLength: 1, maxLength: 6 })
        .map((one) => one.join(';')),
      count: fc.nat(100),
      totalNs: fc.nat(1e6),
      tid: fc.constantFrom(1, 2, null),
      part: fc.constantFrom('lock' as const, 'poll' as const, null),
    });
    const anyChoice = fc.record({
      by: fc.constantFrom('time' as const, 'count' as const),
      outer: fc.constantFrom('functions' as const, 'threads' as const, 'causes' as const),
      reversed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyStack, { maxLength: 30 }), anyChoice, (stacks, choice) => {
        const tree = new FlameTree(stacksView([], stacks), { ...CHOICE, ...choice, of: 'offCpu', showIdle: true });
        const all = stacks.reduce((sum, one) => sum + (choice.by === 'time' ? one.totalNs : one.count), 0);
        expect(tree.root.value).toBe(all);
        let own = 0;
        const visit = (node: FlameNode): void => {
          const children = tree.children(node);
          const rest = node.value - children.reduce((sum, { value }) => sum + value, 0);
          expect(rest).toBeGreaterThanOrEqual(0);
          own += rest;
          children.forEach(visit);
        };
        visit(tree.root);
        expect(own).toBe(all);
      }),
    );
  });
});

describe('the search', () => {
  const found = (search: string): string[] => {
    const { frames } = stacksView([
      { line: 'main.(*Index).Look[int];libz.so+0x40;futex_wait_[k];a+b', count: 1, totalNs: 1 },
    ]);
    const matches = matchingFrames(frames, search);
    return frames.filter((_frame, place) => matches[place] === 1).map(({ label }) => label);
  };

  it('takes part of a name in any case, or a regular expression', () => {
    expect(found('LOOK')).toEqual(['main.(*Index).Look[int]']);
    expect(found('^(futex|libz)')).toEqual(['libz.so+0x40', 'futex_wait']);
    expect(found('')).toEqual([]);
  });

  it('means literally what is no valid expression, or another one', () => {
    expect(found('main.(*Index)')).toEqual(['main.(*Index).Look[int]']);
    expect(found('[int]')).toContain('main.(*Index).Look[int]');
    expect(found('a+b')).toEqual(['a+b']);
    expect(found('_[k]')).toEqual(['futex_wait']);
  });

  it('tells the share of stacks with such a function anywhere, each once', () => {
    const tree = treeOf();
    expect(tree.matchedShare(tree.root, matchingFrames(tree.frames, 'serve|lookup'))).toBe(0.95);
    expect(tree.matchedShare(tree.root, matchingFrames(tree.frames, 'fault'))).toBe(0.9);
    const byCount = treeOf({ by: 'count' });
    expect(byCount.matchedShare(byCount.root, matchingFrames(byCount.frames, 'fault'))).toBe(0.7);
    const empty = new FlameTree(stacksView([]), CHOICE);
    expect(empty.matchedShare(empty.root, matchingFrames(empty.frames, 'x'))).toBeNull();
  });
});

describe('boxes', () => {
  const shape = (rows: FlameRows) =>
    rows.map((row) => row.map(({ node, left, width }) => `${node.label} ${left}+${width}`).join(', '));

  it('hang below their caller, as wide as their share', () => {
    expect(shape(layOutFlames(treeOf(), [], 100, 9))).toEqual([
      'all 0+100',
      'main 0+95, [no stack] 95+5',
      'serve 0+95',
      'lookup 0+60, scan 60+30',
      'filemap_fault_[k] 0+60, filemap_fault_[k] 60+30',
    ]);
  });

  it('leave out what is narrower than a column, and how deep they go is bounded', () => {
    expect(shape(layOutFlames(treeOf(), [], 9, 2))).toEqual(['all 0+9', 'main 0+9']);
  });

  it('of a zoom fill the width, with those around it above', () => {
    const path = ['umain\0app', 'userve\0app', 'uscan\0app'];
    const rows = layOutFlames(treeOf(), path, 60, 9);
    expect(shape(rows).slice(2)).toEqual(['serve 0+60', 'scan 0+60', 'filemap_fault_[k] 0+60']);
    const gone = layOutFlames(treeOf(), [...path.slice(0, 2), 'ugone\0app'], 60, 9);
    expect(shape(gone).slice(2)).toEqual([
      'serve 0+60',
      'lookup 0+38, scan 38+19',
      'filemap_fault_[k] 0+38, filemap_fault_[k] 38+19',
    ]);
  });

  it('never overlap nor leave their caller, whatever the shares', () => {
    const values = fc.array(fc.oneof(fc.nat(5), fc.nat(1e12)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 250 }), (times, width) => {
        const stacks = times.map((totalNs, index) => ({ line: `p${index % 7};f${index};x`, count: 1, totalNs }));
        for (const row of layOutFlames(new FlameTree(stacksView(stacks), CHOICE), [], width, 9)) {
          let end = 0;
          for (const { left, width: own, parent } of row) {
            expect(left).toBeGreaterThanOrEqual(Math.max(end, parent?.left ?? 0));
            end = left + own;
            expect(end).toBeLessThanOrEqual(parent === null ? width : parent.left + parent.width);
          }
        }
      }),
    );
  });
});

describe('keys', () => {
  const rowsOf = (state: FlameState): FlameRows => layOutFlames(treeOf(state), zoomOf(state), 80, 20);
  const press = (state: FlameState, ...actions: Parameters<typeof actOnFlames>[1][]): FlameState =>
    actions.reduce((now, action) => actOnFlames(now, action, rowsOf(now)) ?? now, state);
  const chosen = (state: FlameState): string => (boxAt(rowsOf(state), state.chosen) as FlameBox).node.label;

  it('choose the frame within, around and beside', () => {
    const at = press(FIRST_FLAMES, 'down', 'down', 'down');
    expect(chosen(at)).toBe('lookup');
    expect(chosen(press(at, 'sort-right'))).toBe('scan');
    expect(chosen(press(at, 'sort-right', 'sort-right', 'down', 'sort-left'))).toBe('filemap_fault_[k]');
    expect(chosen(press(at, 'up'))).toBe('serve');
    expect(chosen(press(at, 'page-up'))).toBe('all');
    expect(chosen(press(FIRST_FLAMES, 'end'))).toBe('filemap_fault_[k]');
    expect(press(at, 'home').chosen).toEqual([]);
    expect(press(FIRST_FLAMES, 'up', 'sort-left')).toEqual(FIRST_FLAMES);
  });

  it('zoom in by steps and out again, or straight to what lies around', () => {
    const serve = press(FIRST_FLAMES, 'down', 'down', 'open');
    const scan = press(serve, 'down', 'sort-right', 'open');
    expect(zoomOf(scan)).toHaveLength(3);
    expect(chosen(scan)).toBe('scan');
    expect(zoomOf(press(scan, 'back'))).toEqual(zoomOf(serve));
    expect(zoomOf(press(scan, 'zoom-out', 'zoom-out', 'zoom-out'))).toEqual([]);
    const main = press(scan, 'up', 'up', 'open');
    expect(main.zooms).toEqual([main.chosen]);
    expect(press(scan, 'home', 'open').zooms).toEqual([]);
  });

  it('leave the page only when nothing is zoomed or searched for', () => {
    const state = { ...press(FIRST_FLAMES, 'down', 'open'), search: 'x' };
    const out = press(state, 'back');
    expect(out).toMatchObject({ zooms: [], search: 'x' });
    expect(press(out, 'back').search).toBe('');
    expect(actOnFlames(press(out, 'back'), 'back', null)).toBeNull();
    expect(actOnFlames(FIRST_FLAMES, 'quit', rowsOf(FIRST_FLAMES))).toBeNull();
    expect(actOnFlames(FIRST_FLAMES, 'down', null)).toBeNull();
  });

  it('keep the place where the tree stays the same, and begin anew in another one', () => {
    const deep = press(FIRST_FLAMES, 'down', 'down', 'open');
    expect(press(deep, 'flame-by')).toMatchObject({ by: 'count', chosen: deep.chosen, zooms: deep.zooms });
    for (const action of ['reverse', 'flame-of', 'flame-outer'] as const)
      expect(press(deep, action)).toMatchObject({ chosen: [], zooms: [] });
    const outer = (state: FlameState) => state.outer;
    expect(outer(press(FIRST_FLAMES, 'flame-outer', 'flame-outer'))).toBe('functions');
    expect(outer(press(FIRST_FLAMES, 'flame-of', 'flame-outer', 'flame-outer'))).toBe('causes');
  });

  it('find the frame again in a later snapshot, wherever it stands then, or the one around it', () => {
    const state = press(FIRST_FLAMES, 'down', 'down', 'down', 'sort-right');
    expect(chosen(state)).toBe('scan');
    const later = FAULTS.map((one) => (one.line.includes('scan') ? { ...one, totalNs: 9000 } : one));
    const rows = layOutFlames(new FlameTree(stacksView(later), CHOICE), [], 80, 9);
    const box = boxAt(rows, state.chosen);
    expect(box).toMatchObject({ node: { label: 'scan' }, left: 0 });
    expect(box === null ? [] : pathOf(box)).toEqual(state.chosen);
    const without = layOutFlames(new FlameTree(stacksView(FAULTS.slice(2)), CHOICE), [], 80, 9);
    expect(boxAt(without, state.chosen)?.node.label).toBe('serve');
  });
});
