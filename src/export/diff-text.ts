import type { Comparison } from '../diff/comparison.js';
import type { ConditionResult } from '../diff/condition.js';
import type { Diff } from '../diff/diff.js';
import type { FindingChanges } from '../diff/findings.js';
import type { Movement, Movements } from '../diff/movements.js';
import {
  formatChange,
  formatFigure,
  formatFraction,
  formatInterval,
  headlineSentence,
  tallySentence,
} from '../diff/words.js';
import type { Snapshot } from '../model/snapshot.js';
import { cell } from '../text/cell.js';
import { pathCell } from '../text/path.js';
import { targetName } from '../text/target-name.js';
import { formatClock } from '../text/units.js';
import { type DiffFiles, diffNotes } from './diff-files.js';
import { startText } from './html/document.js';
import { oneLine, paragraph, shortParagraph } from './report-lines.js';

/** The comparison for a terminal: what it means first; under 80 columns. */
export function renderDiffText(diff: Diff, files: DiffFiles, conditions: readonly ConditionResult[]): string {
  const { comparisons, headline } = diff;
  const lines = [
    sessionLine('before', files.before.path, diff.before),
    sessionLine('after ', files.after.path, diff.after),
    '',
    ...paragraph('', headline === null ? 'Nothing was measured in both.' : headlineSentence(headline)),
    ...paragraph('', tallySentence(comparisons)),
    ...conditions.flatMap(({ state, sentence }) => paragraph(state === 'clear' ? 'pass  ' : 'FAIL  ', sentence)),
    '',
    ` ${cell('', 16)}${HEADS.join('')} verdict`,
    ...comparisons.filter(hasSomething).map(comparisonLine),
    ...findingLines(diff.findings),
    ...movementLines(diff.movements),
    ...noteLines(diffNotes(diff, files)),
  ];
  return `${lines.join('\n')}\n`;
}

const WIDTHS = [9, 9, 10, 7, 19];
const HEADS = ['before', 'after', 'change', '%', '95% of change'].map((text, column) =>
  right(text, WIDTHS[column] ?? 0),
);

function sessionLine(which: string, path: string, { target, window, runtime }: Snapshot): string {
  const parts = [
    targetName(target),
    ...(runtime?.version == null ? [] : [runtime.version]),
    formatClock(window.durationNs),
    startText(window.startedAtMs),
  ];
  return oneLine(`${which}  ${pathCell(path, 20).trimEnd()}  ${parts.join('  ')}`);
}

/** Where there was nothing in either, there is nothing to read. */
function hasSomething({ before, after }: Comparison): boolean {
  return (before ?? 0) !== 0 || (after ?? 0) !== 0;
}

function comparisonLine(comparison: Comparison): string {
  const { measure, before, after, change, interval, verdict } = comparison;
  const figures = [
    formatFigure(measure.unit, before),
    formatFigure(measure.unit, after),
    formatChange(measure.unit, change),
    formatFraction(comparison),
    interval === null ? whyNone(comparison) : formatInterval(measure.unit, interval),
  ].map((text, column) => right(text, WIDTHS[column] ?? 0));
  return oneLine(` ${cell(measure.name, 16)}${figures.join('')} ${interval === null ? '-' : verdict}`);
}

function whyNone({ verdict, before, why }: Comparison): string {
  if (verdict === 'not-comparable') return before === null ? 'unknown before' : 'unknown after';
  return why ?? '-';
}

function right(text: string, width: number): string {
  return cell(text, width, 'right');
}

function findingLines({ lost, gained, kept, untold }: FindingChanges): string[] {
  if (lost.length + gained.length + kept.length + untold.length === 0) return ['', 'no findings in either'];
  return [
    '',
    'findings',
    ...lost.flatMap(({ severity, title }) => shortParagraph(lead('gone', severity), title, 3)),
    ...gained.flatMap(({ severity, title }) => shortParagraph(lead('new', severity), title, 3)),
    ...kept.flatMap(({ before, after }) => [
      ...shortParagraph(lead('still', after.severity), after.title, 3),
      ...(before.title === after.title ? [] : shortParagraph(lead('  was', before.severity), before.title, 3)),
    ]),
    ...untold.flatMap(({ side, finding, why }) =>
      shortParagraph(lead(side, finding.severity), `${finding.title} (not told ${other(side)}: ${why})`, 3),
    ),
  ];
}

function lead(what: string, severity: string): string {
  return ` ${cell(what, 7)}${cell(severity === 'stall' ? 'STALL' : severity, 9)}`;
}

function other(side: 'before' | 'after'): string {
  return side === 'before' ? 'after' : 'before';
}

function movementLines({ files, threads, functions }: Movements): string[] {
  return [
    ...movementTable('files: threads in their faults, run queue too', files),
    ...movementTable('threads: in major faults', threads),
    ...movementTable('goroutines by start: in major faults', functions),
  ];
}

function movementTable(title: string, movements: readonly Movement[]): string[] {
  if (movements.length === 0) return [];
  return [
    '',
    `${cell(title, 52)}${right('before', 9)}${right('after', 9)}${right('change', 9)}`,
    ...movements.map(({ name, before, after }) => {
      const change = before === null || after === null ? null : after - before;
      const figures = [
        formatFigure('threads', before),
        formatFigure('threads', after),
        formatChange('threads', change),
      ];
      return ` ${pathCell(name, 50)} ${figures.map((figure) => right(figure, 9)).join('')}`;
    }),
  ];
}

function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : ['', 'notes', ...notes.flatMap((note) => paragraph(' - ', note))];
}
