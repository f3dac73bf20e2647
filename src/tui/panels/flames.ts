import { shortFunction } from '../../diagnosis/words.js';
import { type FlameNode, type FlameTree, flameTree } from '../../model/flame-tree.js';
import type { StackSums, StacksView } from '../../model/stacks-view.js';
import { cell, graphemes } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { absentSet, staleSet } from '../absent-set.js';
import { boxAt, type FlameBox, type FlameRows, layOutFlames } from '../flame-layout.js';
import { matchingFrames } from '../flame-search.js';
import { type FlameState, zoomOf } from '../flame-state.js';
import { type Glyphs, titleText } from '../glyphs.js';
import { mostImportant } from '../importance.js';
import type { Scene } from '../scene.js';
import { field, type Line, lineColumns, type Span, span, type Tone } from '../styled.js';

/** The title and the sums. */
const HEAD_ROWS = 2;
/** Pages this high give long names more than a row. */
const TALL = 30;

/** Stacks as a flame graph that hangs down: the outermost frame above, each as wide as its share. */
export function flamePage(scene: Scene, width: number, height: number): Line[] {
  const { snapshot, glyphs } = scene;
  const stacks = snapshot.stacks;
  if (stacks === null) {
    return [[span(titleText('stacks', width, glyphs), 'title')], ...absentSet(scene, 'stacks', width)];
  }
  const stale = staleSet(scene, 'stacks', width);
  return [...stale, ...flameLines(scene, stacks, width, height - stale.length)];
}

function flameLines({ view, glyphs }: Scene, stacks: StacksView, width: number, height: number): Line[] {
  const { flames } = view;
  const tree = flameTree(stacks, { ...flames, showIdle: view.showIdle });
  const rows = rowsOf(tree, flames, width, height);
  const matches = matchingFrames(tree.frames, flames.search);
  const chosen = boxAt(rows, flames.chosen);
  const zoomed = boxAt(rows, zoomOf(flames))?.node ?? tree.root;
  const top = topRow(rows, chosen, frameRows(height));
  const shown = rows.slice(top, top + frameRows(height));
  const below = rows.length > top + shown.length;
  const title = `${titleOf(flames)}${rangeText(top, shown.length, below)}`;
  const share = flames.search === '' ? undefined : tree.matchedShare(zoomed, matches);
  return [
    [span(titleText(title, width, glyphs), 'title')],
    sumsLine(stacks[flames.of], tree, flames, share, width, glyphs),
    ...shown.map((row) => rowLine(row, chosen, matches, glyphs)),
    ...(tree.root.value === 0 ? [[span(`  ${emptyText(stacks[flames.of], flames, tree)}`, 'label')]] : []),
    ...blank(frameRows(height) - shown.length - (tree.root.value === 0 ? 1 : 0)),
    ...(chosen === null ? [] : chosenLines(chosen, tree, width, height, glyphs)),
  ];
}

/** The boxes a key can move among; null where there are no stacks. */
export function flameRows(scene: Scene, width: number, height: number): FlameRows | null {
  const { snapshot, view } = scene;
  if (snapshot.stacks === null) return null;
  const tree = flameTree(snapshot.stacks, { ...view.flames, showIdle: view.showIdle });
  return rowsOf(tree, view.flames, width, height - staleSet(scene, 'stacks', width).length);
}

/** As deep as can be seen around what is chosen, and a row more, which tells that there is more. */
function rowsOf(tree: FlameTree, flames: FlameState, width: number, height: number): FlameRows {
  return layOutFlames(tree, zoomOf(flames), width, flames.chosen.length + frameRows(height) + 1);
}

function nameRows(height: number): number {
  return height >= TALL ? 3 : 1;
}

function frameRows(height: number): number {
  return Math.max(1, height - HEAD_ROWS - nameRows(height) - 1);
}

/** What is chosen stands in the upper two thirds, so that most of what it calls is in sight. */
function topRow(rows: FlameRows, chosen: FlameBox | null, room: number): number {
  const depth = chosen === null ? 0 : rows.findIndex((row) => row.includes(chosen));
  const wanted = depth - Math.floor((room * 2) / 3);
  return Math.max(0, Math.min(wanted, rows.length - room));
}

function titleOf({ of, by, outer, reversed }: FlameState): string {
  const what = of === 'faults' ? 'stacks of major faults' : 'off-CPU stacks';
  const apart = { functions: '', threads: ', by thread', causes: ', by cause' }[outer];
  return `${what} by ${by}${apart}${reversed ? ', callers below' : ''}`;
}

function rangeText(top: number, shown: number, below: boolean): string {
  if (top === 0 && !below) return '';
  return `: rows ${top + 1}-${top + shown}${below ? ', more below' : ''}`;
}

function sumsLine(
  sums: StackSums,
  tree: FlameTree,
  { of, search }: FlameState,
  matched: number | null | undefined,
  width: number,
  { micro }: Glyphs,
): Line {
  const unit = of === 'faults' ? 'faults' : 'waits';
  const { aside } = tree;
  const without = sums.count === 0 ? null : sums.withoutStack / sums.count;
  const pieces: { readonly line: Line; readonly importance: number }[] = [
    { line: field(` ${unit}`, formatCount(tree.root.count)), importance: 6 },
    { line: field(' time', formatDuration(tree.root.totalNs, micro)), importance: 7 },
    ...(search === ''
      ? []
      : [{ line: field(` matched "${cut(search, 20)}"`, formatPercent(matched ?? null)), importance: 9 }]),
    ...(of === 'faults'
      ? []
      : [
          {
            line: field(' idle aside', formatDuration(aside.totalNs, micro), aside.totalNs > 0 ? 'strong' : 'label'),
            importance: 8,
          },
        ]),
    { line: field(' without a stack', formatPercent(without)), importance: 5 },
  ];
  return mostImportant(pieces, width, ({ line }) => lineColumns(line) + 1).flatMap(({ line }) => [...line, span(' ')]);
}

function cut(text: string, columns: number): string {
  return cell(text, columns).trimEnd();
}

function emptyText({ count }: StackSums, { of, by }: FlameState, { aside, root }: FlameTree): string {
  if (count === 0) return of === 'faults' ? 'no major fault yet' : 'no wait yet';
  if (root.count === 0 && aside.count > 0) return 'nothing but idle time (i shows it)';
  return by === 'time' ? 'these took no time that was seen (u tells how many they are)' : 'none';
}

function rowLine(row: readonly FlameBox[], chosen: FlameBox | null, matches: Uint8Array, glyphs: Glyphs): Line {
  const line: Span[] = [];
  let column = 0;
  for (const box of row) {
    if (box.left > column) line.push(span(' '.repeat(box.left - column)));
    line.push(boxSpan(box, box === chosen, matches[box.node.place] === 1, glyphs));
    column = box.left + box.width;
  }
  return line;
}

/** A name, or dots where there is no room for one, up to the edge of its box. What a colour says is said by a mark too. */
function boxSpan({ node, width }: FlameBox, isChosen: boolean, isMatch: boolean, { axis }: Glyphs): Span {
  const mark = isChosen ? '>' : isMatch ? '*' : '';
  const room = width - 1 - mark.length;
  const name = room < LEAST_NAME ? '.'.repeat(Math.max(0, room)) : cell(fittingName(node, room), room);
  const text = cell(mark + name, width - 1) + axis;
  if (isChosen) return span(text, 'chosen');
  return { text, tone: isMatch ? 'foundFrame' : toneOf(node), filled: true };
}

/** Fewer columns of a name say nothing. */
const LEAST_NAME = 3;

function toneOf({ frame, part }: FlameNode): Tone {
  if (frame === null) return part ?? 'label';
  return frame.kernel ? 'kernelFrame' : 'userFrame';
}

/** Where a name is too long its package goes first; the mark of a kernel function stays as long as there is room. */
function fittingName({ label, frame }: FlameNode, columns: number): string {
  if (frame === null || label.length <= columns) return label;
  if (!frame.kernel) return shortFunction(frame.label);
  return columns < 8 ? frame.label : `${cut(frame.label, columns - 4)}_[k]`;
}

/** All of the chosen frame's name, and its figures, at the bottom of the page. */
function chosenLines(box: FlameBox, tree: FlameTree, width: number, height: number, { micro }: Glyphs): Line[] {
  const { node, parent } = box;
  const { frame, label, count, totalNs, value } = node;
  const place = frame?.module == null || label.startsWith(`${frame.module}+`) ? '' : ` (${frame.module})`;
  const names = chunks(`${label}${place}`, width - 2).slice(0, nameRows(height));
  const own = value - tree.children(node).reduce((sum, child) => sum + child.value, 0);
  const share = (of: number, part: number) => formatPercent(of > 0 ? part / of : null);
  const pieces: { readonly line: Line; readonly importance: number }[] = [
    { line: [span(share(tree.root.value, value), 'strong'), span(' of all', 'label')], importance: 9 },
    ...(parent === null
      ? []
      : [{ line: [span(share(parent.node.value, value), 'strong'), span(' of its parent', 'label')], importance: 8 }]),
    { line: [span(share(tree.root.value, own), 'strong'), span(' itself', 'label')], importance: 4 },
    { line: field('time', formatDuration(totalNs, micro)), importance: 7 },
    { line: field('count', formatCount(count)), importance: 7 },
    { line: field('mean', formatDuration(count > 0 ? totalNs / count : null, micro)), importance: 5 },
  ];
  const figures = mostImportant(pieces, width, ({ line }) => lineColumns(line) + 2);
  return [
    ...names.map((text) => [span(` ${text}`, 'strong')]),
    ...blank(nameRows(height) - names.length),
    figures.flatMap(({ line }) => [span(' '), ...line, span(' ')]),
  ];
}

/** Names have no blanks to be broken at. */
function chunks(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let room = columns;
  for (const grapheme of graphemes(text)) {
    if (grapheme.columns > room) {
      lines.push(line);
      line = '';
      room = columns;
    }
    line += grapheme.text;
    room -= grapheme.columns;
  }
  return [...lines, line];
}

function blank(rows: number): Line[] {
  return Array.from({ length: Math.max(0, rows) }, () => []);
}
