import { FAULT_CAUSE_MEANINGS } from '../../diagnosis/fault-cause-words.js';
import { countText, kindWord, meanWaitNs, residentShare, totalWaitNs } from '../../diagnosis/file-figures.js';
import { fileName, patternAdvice, patternText } from '../../diagnosis/file-words.js';
import type { FilesView, FileView } from '../../model/files-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatClock, formatCount, formatPercent } from '../../text/units.js';
import { bar, duration, share } from './figures.js';
import { heatMap, heatStrip } from './heat-chart.js';
import { type Html, html, type Piece } from './html.js';
import type { Section } from './section.js';
import { table } from './table.js';

/** Files in the table, and those told in full. */
const LISTED = 40;
const IN_FULL = 5;

/** Where the faults were, how the files are read and how much of them is in memory; null before the first fault. */
export function filesSection({ files }: Snapshot): Section | null {
  if (files === null || files.files.length === 0) return null;
  const allNs = totalWaitNs(files);
  return {
    id: 'files',
    title: 'Files',
    body: [
      html`<p>${files.exact ? 'Faults are counted file by file in the kernel.' : 'A ~ marks estimates: faults are laid to files by the single ones that arrived.'} Strips show faults over the offset, each to its own scale; heights go with the square root.</p>`,
      fileTable(files, allNs),
      rest(files),
      files.files
        .slice(0, IN_FULL)
        .filter(({ heat, causes, pattern }) => heat !== null || causes !== null || pattern !== null)
        .map((file, index) => fileDetails(file, files, index === 0)),
    ],
  };
}

function fileTable(files: FilesView, allNs: number): Html {
  return table({
    caption: 'Files by the time of the faults in them: latency, the wait for a CPU at the end included',
    rows: files.files,
    limit: LISTED,
    columns: [
      {
        header: 'file',
        cell: (file) => html`<span class="path">${fileName(file)}${file.deleted ? ' (deleted)' : ''}</span>`,
      },
      { header: 'faults over the file', cell: ({ heat }) => (heat === null ? '-' : heatStrip(heat)) },
      { header: 'kind', cell: (file) => kindWord(file, files) },
      { header: 'major faults', value: ({ majorFaults }) => majorFaults, cell: countText },
      {
        header: 'share',
        value: ({ faultWaitNs }) => faultWaitNs,
        cell: ({ faultWaitNs }) => [
          bar(share(faultWaitNs, allNs), 'is-fault'),
          formatPercent(share(faultWaitNs, allNs)),
        ],
      },
      { header: 'fault time', value: ({ faultWaitNs }) => faultWaitNs, format: duration },
      { header: 'mean', value: meanWaitNs, format: duration },
      { header: 'size', value: ({ sizeBytes }) => sizeBytes, format: formatBytes },
      {
        header: 'in memory',
        value: ({ residency }) => residentShare(residency),
        format: formatPercent,
        hint: 'share of the file that is in the page cache, as last read',
      },
      { header: 'pattern', cell: ({ pattern }) => pattern?.kind ?? '-' },
    ],
  });
}

function rest({ more, unplacedFaults, unplacedWaitNs }: FilesView): Piece {
  const others =
    more.files > 0
      ? [
          `${formatCount(more.files)} more files have ${formatCount(more.majorFaults)} faults (${duration(more.faultWaitNs)})`,
        ]
      : [];
  const none =
    unplacedFaults > 0
      ? [`some ${formatCount(unplacedFaults)} faults (${duration(unplacedWaitNs)}) were in no known mapping`]
      : [];
  const texts = [...others, ...none];
  return texts.length === 0 ? null : html`<p class="note">Beyond these, ${texts.join('; ')}.</p>`;
}

function fileDetails(file: FileView, files: FilesView, open: boolean): Html {
  const advice = patternAdvice(file, files);
  const body = [
    html`<p>Pattern: ${patternText(file.pattern)}.${memoryText(file)}</p>`,
    advice.length === 0 ? null : html`<ul>${advice.map((one) => html`<li>${one}</li>`)}</ul>`,
    file.heat === null ? null : heatMap(file.heat),
    file.causes === null ? null : causeTable(file),
  ];
  const summary = html`<summary><span class="path">${fileName(file)}</span></summary>`;
  return open ? html`<details open>${summary}${body}</details>\n` : html`<details>${summary}${body}</details>\n`;
}

function memoryText({ residency }: FileView): string {
  if (residency === null) return '';
  return ` ${formatBytes(residency.residentBytes)} of ${formatBytes(residency.sizeBytes)} in memory at ${formatClock(residency.atNs)}.`;
}

function causeTable(file: FileView): Html {
  const causes = file.causes ?? [];
  const all = causes.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  return table({
    caption: `Why the pages of ${fileName(file)} were not in memory`,
    rows: causes,
    none: 'no fault of it was looked at',
    columns: [
      { header: 'cause', cell: ({ cause }) => cause },
      { header: 'faults', value: ({ majorFaults }) => majorFaults, format: formatCount },
      { header: 'share', value: ({ majorFaults }) => share(majorFaults, all), format: formatPercent },
      { header: 'sure', cell: ({ confidence }) => confidence },
      { header: 'what it means', cell: ({ cause }) => FAULT_CAUSE_MEANINGS[cause] },
      {
        header: 'evicted by',
        cell: ({ evictors }) =>
          evictors.length === 0
            ? '-'
            : evictors
                .slice(0, 3)
                .map(
                  ({ actor, majorFaults }) =>
                    `${actor.pid === 0 ? 'many others' : `${actor.comm ?? '-'} ${actor.pid}`} (${formatCount(majorFaults)})`,
                )
                .join(', '),
      },
    ],
  });
}
