import { openMetrics } from '../metrics/openmetrics.js';
import { sessionMetrics } from '../metrics/session-metrics.js';
import { playFaultsTable } from './csv/faults-table.js';
import { playStallsTable } from './csv/stalls-table.js';
import { renderThreadsTable } from './csv/threads-table.js';
import type { ExportedSession, ExportPieces, Player } from './exported-session.js';
import { FOLDED_WEIGHTS, renderFolded } from './folded.js';
import { renderHtml } from './html/render-html.js';
import { renderPerfetto } from './perfetto/render.js';
import { renderPprof } from './pprof/render.js';
import { renderJson } from './render-json.js';
import { renderSpeedscope } from './speedscope/render.js';
import { summaryOf } from './summary.js';

/** One of the tables that a format can write, each a file of its own. */
export type ExportTable = { readonly name: string } & How;

/** How a table is made. One with a time axis is played; of others, what the session came to is enough. */
type How =
  | { readonly played: boolean; readonly render: Render }
  /** Along with others, for all of which the session is played once. */
  | { readonly played: true; readonly play: () => Player };

/** Makes the pieces of one file. */
type Render = (session: ExportedSession) => ExportPieces;

/** A format that sessions are exported in. */
export interface ExportFormat {
  readonly name: string;
  /** Endings of file names that mean it. */
  readonly endings: readonly string[];
  /** What it is, in a phrase. */
  readonly what: string;
  /** Not for a terminal. */
  readonly binary?: true;
  /** It has nothing to tell where the probe set `stacks` has not run. */
  readonly needsStacks?: true;
  readonly tables: readonly ExportTable[];
  /** Where none is named: all of them, or the first. */
  readonly unnamed: 'all' | 'first';
}

/** One entry a format, in the order they are told. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    name: 'json',
    endings: ['.json'],
    what: 'the summary, described by a schema',
    ...single(fromEnd(renderSummary)),
  },
  {
    name: 'csv',
    endings: ['.csv'],
    what: 'tables of threads, single faults and full stalls',
    tables: [
      { name: 'threads', ...fromEnd(renderThreadsTable) },
      { name: 'faults', played: true, play: playFaultsTable },
      { name: 'stalls', played: true, play: playStallsTable },
    ],
    unnamed: 'all',
  },
  {
    name: 'folded',
    endings: ['.folded'],
    what: 'stacks, a line each, for flamegraph.pl and speedscope',
    needsStacks: true,
    tables: FOLDED_WEIGHTS.map((weight) => ({
      name: weight,
      ...fromEnd((session) => renderFolded(session, weight)),
    })),
    unnamed: 'first',
  },
  {
    name: 'speedscope',
    endings: ['.speedscope.json'],
    what: 'flame graphs for speedscope',
    ...single(fromEnd(renderSpeedscope)),
  },
  {
    name: 'pprof',
    endings: ['.pb.gz', '.pprof'],
    what: 'a profile for pprof',
    binary: true,
    ...single(fromEnd(renderPprof)),
  },
  {
    name: 'perfetto',
    endings: ['.pftrace', '.perfetto-trace'],
    what: 'a timeline for the Perfetto UI',
    binary: true,
    ...single(played(renderPerfetto)),
  },
  {
    name: 'openmetrics',
    endings: ['.prom', '.om', '.openmetrics'],
    what: 'metrics for Prometheus',
    ...single(fromEnd(renderOpenMetrics)),
  },
  {
    name: 'html',
    endings: ['.html', '.htm'],
    what: 'the report as a page',
    ...single(played(renderHtml)),
  },
];

/** A format with one thing to write. */
function single(how: How): Pick<ExportFormat, 'tables' | 'unnamed'> {
  return { tables: [{ name: 'all', ...how }], unnamed: 'first' };
}

function played(render: Render): How {
  return { played: true, render };
}

function fromEnd(render: Render): How {
  return { played: false, render };
}

function renderSummary(session: ExportedSession): ExportPieces {
  const { snapshot, diagnosis } = session.end();
  return [renderJson(summaryOf(snapshot, diagnosis))];
}

function renderOpenMetrics(session: ExportedSession): ExportPieces {
  return openMetrics(sessionMetrics(session.end().snapshot));
}
