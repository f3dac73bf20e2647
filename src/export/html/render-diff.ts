import type { Finding } from '../../diagnosis/finding.js';
import type { Comparison } from '../../diff/comparison.js';
import type { ConditionResult } from '../../diff/condition.js';
import type { Diff } from '../../diff/diff.js';
import type { FindingChanges } from '../../diff/findings.js';
import type { Movement, Movements } from '../../diff/movements.js';
import {
  formatChange,
  formatFigure,
  formatFraction,
  formatInterval,
  fractionOf,
  headlineSentence,
  tallySentence,
} from '../../diff/words.js';
import type { Snapshot } from '../../model/snapshot.js';
import { targetName } from '../../text/target-name.js';
import { formatClock } from '../../text/units.js';
import { type DiffFiles, diffNotes } from '../diff-files.js';
import { pageAssets } from './assets.js';
import { pageFoot, pageTop, startText } from './document.js';
import { dataElement, type Html, html, type Piece } from './html.js';
import type { PageData } from './page/page-data.js';
import { type Section, sectionHtml } from './section.js';
import { table } from './table.js';

/** The comparison as one page that needs nothing else. */
export function renderDiffHtml(
  diff: Diff,
  files: DiffFiles,
  conditions: readonly ConditionResult[],
  version: string,
): string {
  const assets = pageAssets();
  const sections = [
    verdictSection(diff, conditions),
    figuresSection(diff.comparisons),
    findingsSection(diff.findings),
    movementsSection(diff.movements),
    notesSection(diffNotes(diff, files)),
  ];
  const heading = html`<h1>Before and after</h1>
${sessionLine('before', files.before.path, diff.before)}
${sessionLine('after', files.after.path, diff.after)}`;
  const top = pageTop(
    { version, title: `faultscope: ${files.before.path}, ${files.after.path}`, heading },
    assets,
    sections,
  );
  return [top, ...sections.map(sectionHtml), pageFoot(assets, dataElement('data', NO_CHARTS))]
    .map(({ markup }) => markup)
    .join('');
}

/** The page's script sorts tables and changes colours here, and has nothing to draw. */
const NO_CHARTS: PageData = { durationNs: 0, history: [], charts: {}, lanes: { columns: [], lanes: [] } };

function sessionLine(which: string, path: string, { target, window }: Snapshot): Html {
  const name = targetName(target);
  return html`<p>${which}: ${path}, ${name}, observed for ${formatClock(window.durationNs)} from ${startText(window.startedAtMs)} UTC</p>`;
}

function verdictSection({ headline, comparisons }: Diff, conditions: readonly ConditionResult[]): Section {
  const sentence = headline === null ? 'Nothing was measured in both.' : headlineSentence(headline);
  const gates = conditions.map(
    ({ state, sentence: said }) =>
      html`<li><span class="badge ${state === 'clear' ? 'clear' : 'stall'}-badge">${state === 'clear' ? 'pass' : 'FAIL'}</span> ${said}</li>`,
  );
  return {
    id: 'verdict',
    title: 'Verdict',
    body: [
      html`<p class="clear"><strong>${sentence}</strong></p><p>${tallySentence(comparisons)}</p>`,
      gates.length === 0 ? null : html`<ul class="evidence">${gates}</ul>`,
    ],
  };
}

function figuresSection(comparisons: readonly Comparison[]): Section {
  const body = table({
    caption: 'Figures, with the interval that holds the change with 95% certainty',
    rows: comparisons,
    columns: [
      { header: 'figure', cell: ({ measure }) => measure.name },
      {
        header: 'before',
        value: ({ before }) => before,
        cell: ({ measure, before }) => formatFigure(measure.unit, before),
      },
      { header: 'after', value: ({ after }) => after, cell: ({ measure, after }) => formatFigure(measure.unit, after) },
      {
        header: 'change',
        value: ({ change }) => change,
        cell: ({ measure, change }) => formatChange(measure.unit, change),
      },
      { header: '%', value: fractionOf, cell: formatFraction },
      {
        header: '95% of change',
        cell: ({ measure, interval }) => (interval === null ? '-' : formatInterval(measure.unit, interval)),
      },
      { header: 'verdict', cell: ({ verdict, why }) => (why === null ? verdict : `${verdict}: ${why}`) },
    ],
  });
  return { id: 'figures', title: 'Figures', body };
}

function findingsSection({ lost, gained, kept, untold }: FindingChanges): Section {
  const rows = [
    ...lost.map((finding) => ({ what: 'gone', finding, more: '' })),
    ...gained.map((finding) => ({ what: 'new', finding, more: '' })),
    ...kept.map(({ before, after }) => ({ what: 'still', finding: after, more: wasOf(before, after) })),
    ...untold.map(({ side, finding, why }) => ({
      what: `only ${side}`,
      finding,
      more: `The other could not tell: ${why}.`,
    })),
  ];
  const body = table({
    caption: 'Findings of both',
    none: 'none in either',
    rows,
    columns: [
      { header: '', cell: ({ what }) => what },
      {
        header: 'finding',
        cell: ({ finding, more }): Piece => html`${finding.severity}: ${finding.title} <small>${more}</small>`,
      },
    ],
  });
  return { id: 'findings', title: 'Findings', body };
}

function wasOf(before: Finding, after: Finding): string {
  return before.title === after.title ? '' : `Before: ${before.severity}: ${before.title}`;
}

function movementsSection({ files, threads, functions }: Movements): Section {
  const body = [
    movementTable('Files: threads in their faults on average, run queue too', 'file', files),
    movementTable('Threads: in major faults on average', 'threads', threads),
    functions.length === 0
      ? null
      : movementTable('Goroutines by start function: in major faults', 'function', functions),
  ];
  return { id: 'movements', title: 'Where it moved', body };
}

function movementTable(caption: string, what: string, rows: readonly Movement[]): Html {
  return table({
    caption,
    none: 'nothing moved',
    rows,
    columns: [
      { header: what, cell: ({ name }) => html`<span class="path">${name}</span>` },
      { header: 'before', value: ({ before }) => before, format: (value) => formatFigure('threads', value) },
      { header: 'after', value: ({ after }) => after, format: (value) => formatFigure('threads', value) },
    ],
  });
}

function notesSection(notes: readonly string[]): Section {
  const body =
    notes.length === 0
      ? html`<p class="none">Nothing speaks against comparing the two.</p>`
      : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  return { id: 'notes', title: 'Notes', body };
}
