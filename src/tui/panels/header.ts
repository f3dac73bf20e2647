import type { Snapshot } from '../../model/snapshot.js';
import type { RuntimeFacts } from '../../record/record.js';
import { cell, columnsOf } from '../../text/cell.js';
import { targetName } from '../../text/target-name.js';
import { formatBytes, formatClock, formatCount, formatDuration, formatRate } from '../../text/units.js';
import type { Panel, Scene } from '../scene.js';
import { field, fitLine, type Line, lineColumns, type Span, span, spread } from '../styled.js';
import { gaugeLine } from './gauge.js';

export const HEADER_ROWS = 3;

/** Who is observed, how much of it stands still, and how many faults. */
export const header: Panel = (scene, width) => [targetLine(scene, width), gaugeLine(scene, width), faultsLine(scene)];

const GAP = span('  ');

function targetLine({ snapshot, view, recordedBytes }: Scene, width: number): Line {
  const { target, window, tool } = snapshot;
  const left: Line = [
    span(` ${targetName(target)}`, 'strong'),
    GAP,
    ...state(snapshot),
    GAP,
    span(formatClock(window.durationNs), 'strong'),
    GAP,
    // Before what may not fit.
    ...(recordedBytes === null ? [] : [span(`REC ${formatBytes(recordedBytes)}`, 'warning'), GAP]),
    ...runtimeWords(snapshot.runtime),
  ];
  if (view.paused !== null) return spread(left, [span('PAUSED, tracing goes on ', 'warning')], width);
  const version = `  faultscope ${tool.version} `;
  return lineColumns(left) + version.length > width
    ? left
    : [...fitLine(left, width - version.length), span(version, 'faint')];
}

/** A version is what the binary says it is: a long one must not push the capacity off the line. */
const VERSION_COLUMNS = 20;

/** e.g. "go1.19.8  GOMAXPROCS 2 (read from the process)". */
function runtimeWords(runtime: RuntimeFacts | null): Line {
  if (runtime === null) return [span('runtime -', 'label')];
  const { kind, version, capacity, capacitySource } = runtime;
  const told = version ?? kind;
  const name = columnsOf(told) > VERSION_COLUMNS ? cell(told, VERSION_COLUMNS) : told;
  const [, ofGo] = /^GOMAXPROCS,? (.*)/s.exec(capacitySource ?? '') ?? [];
  const source = ofGo ?? capacitySource;
  return [
    span(name),
    GAP,
    ...field(ofGo === undefined ? 'capacity' : 'GOMAXPROCS', String(capacity ?? '-')),
    span(source === null ? '' : ` (${source})`, 'label'),
  ];
}

function state({ target }: Snapshot): Line {
  if (target.state.alive) return [span('alive', 'onCpu')];
  const { exit } = target.state;
  const how = exit === null ? '' : exit.signal !== null ? ` by ${exit.signal}` : ` with code ${exit.code ?? '-'}`;
  return [span(`ended${how}`, 'warning')];
}

function faultsLine({ snapshot: { totals }, glyphs }: Scene): Line {
  const { faultLatency } = totals;
  const time = (label: string, ns: number | null): Span[] => [
    GAP,
    ...field(label, formatDuration(ns, glyphs.micro).padStart(6)),
  ];
  return [
    ...field(' major faults', formatCount(totals.majorFaults).padStart(5)),
    GAP,
    span(`${formatRate(totals.majorFaultRateHz).padStart(5)}/s`, 'fault'),
    ...time('p50', faultLatency.p50Ns),
    ...time('p99', faultLatency.p99Ns),
    ...time('max', faultLatency.maxNs),
    GAP,
    ...field('minor', `${formatRate(totals.minorFaultRateHz).padStart(5)}/s`),
  ];
}
