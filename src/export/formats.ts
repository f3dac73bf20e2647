import { openMetrics } from '../metrics/openmetrics.js';
import { sessionMetrics } from '../metrics/session-metrics.js';
import { renderFaultsTable } from './csv/faults-table.js';
import { renderStallsTable } from './csv/stalls-table.js';
import { renderThreadsTable } from './csv/threads-table.js';
import type { ExportedSession, ExportPieces } from './exported-session.js';
import { renderFolded } from './folded.js';
import { renderJson } from './render-json.js';
import { summaryOf } from './summary.js';

/** Makes the pieces of one file. */
export type Render = (session: ExportedSession) => ExportPieces;

/** One of the tables that a format can write, each a file of its own. */
export interface ExportTable {
  readonly name: string;
  /** It has a time axis: it plays the session. Otherwise what the session came to is enough. */
  readonly played: boolean;
  readonly render: Render;
}

/** A format that sessions are exported in. */
export interface ExportFormat {
  readonly name: string;
  /** Endings of file names that mean it. */
  readonly endings: readonly string[];
  /** What it is, in a phrase. */
  readonly what: string;
  /** Not for a terminal. */
  readonly binary: boolean;
  /** It needs the probe set `stacks`, and has nothing without it. */
  readonly needsStacks: boolean;
  /** The first is the one meant where none is named, unless all are. */
  readonly tables: readonly ExportTable[];
  /** Where no table is named: all of them, or the first. */
  readonly unnamed: 'all' | 'first';
}

/** One line a format, in the order they are told. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  single('json', ['.json'], 'the summary (docs/summary.md)', fromEnd(renderSummary)),
  {
    name: 'csv',
    endings: ['.csv'],
    what: 'threads, single faults and full stalls as tables',
    binary: false,
    needsStacks: false,
    tables: [
      { name: 'threads', played: false, render: renderThreadsTable },
      { name: 'faults', played: true, render: renderFaultsTable },
      { name: 'stalls', played: true, render: renderStallsTable },
    ],
    unnamed: 'all',
  },
  {
    name: 'folded',
    endings: ['.folded'],
    what: 'stacks for flamegraph.pl and speedscope',
    binary: false,
    needsStacks: true,
    tables: [
      { name: 'fault-time', played: false, render: (session) => renderFolded(session, 'fault-time') },
      { name: 'faults', played: false, render: (session) => renderFolded(session, 'faults') },
      { name: 'off-cpu', played: false, render: (session) => renderFolded(session, 'off-cpu') },
    ],
    unnamed: 'first',
  },
  single('openmetrics', ['.prom', '.om', '.openmetrics'], 'metrics for Prometheus', fromEnd(renderOpenMetrics)),
];

/** A format with one thing to write. */
function single(
  name: string,
  endings: readonly string[],
  what: string,
  table: Pick<ExportTable, 'played' | 'render'>,
): ExportFormat {
  return { name, endings, what, binary: false, needsStacks: false, tables: [{ name, ...table }], unnamed: 'first' };
}

function fromEnd(render: Render): Pick<ExportTable, 'played' | 'render'> {
  return { played: false, render };
}

function renderSummary(session: ExportedSession): ExportPieces {
  const { snapshot, diagnosis } = session.end();
  return [renderJson(summaryOf(snapshot, diagnosis))];
}

function renderOpenMetrics(session: ExportedSession): ExportPieces {
  return openMetrics(sessionMetrics(session.end().snapshot));
}
