import type { ProbeStatus, Quality, Snapshot } from '../../model/snapshot.js';
import type { ProbeSet } from '../../record/record.js';
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import type { Panel, Scene } from '../scene.js';
import { field, type Line, type Span, span, spread, type Tone } from '../styled.js';

export const HEADER_ROWS = 4;

/** Who is observed, with what, how many faults, and how far the figures can be trusted. */
export const header: Panel = (scene, width) => [
  targetLine(scene, width),
  probesLine(scene),
  faultsLine(scene),
  qualityLine(scene.snapshot.quality),
];

const GAP = span('  ');

function targetLine({ snapshot, view }: Scene, width: number): Line {
  const { target, totals, window, tool } = snapshot;
  const left: Line = [
    span(` ${target.comm}[${target.pid}]`, 'strong'),
    GAP,
    ...state(snapshot),
    GAP,
    span(formatClock(window.durationNs), 'strong'),
    GAP,
    ...field('threads', formatCount(totals.threadsAlive)),
    ...(totals.threadsEnded > 0 ? [span(` +${formatCount(totals.threadsEnded)} ended`, 'label')] : []),
  ];
  const right =
    view.paused === null ? span(`faultscope ${tool.version} `, 'faint') : span('PAUSED, tracing goes on ', 'warning');
  return spread(left, [right], width);
}

function state({ target }: Snapshot): Line {
  if (target.state.alive) return [span('alive', 'onCpu')];
  const { exit } = target.state;
  const how = exit === null ? '' : exit.signal !== null ? ` by ${exit.signal}` : ` with code ${exit.code ?? '-'}`;
  return [span(`ended${how}`, 'warning')];
}

function probesLine({ snapshot: { probes, quality, totals }, glyphs }: Scene): Line {
  const { oneIn } = quality.sampling;
  const exact = totals.exactFaultLatency;
  const duration = (ns: number | null) => formatDuration(ns, glyphs.micro);
  return [
    span(' '),
    ...probeState('probes', 'threads', probes),
    GAP,
    ...probeState('exact', 'entry', probes),
    ...(exact === null ? [] : [span(` p50 ${duration(exact.p50Ns)} p99 ${duration(exact.p99Ns)}`, 'label')]),
    GAP,
    ...field('single faults', oneIn === 1 ? 'all' : `1 in ${oneIn}`),
    ...probes.filter(({ state }) => state !== 'off').flatMap(probeDetail),
  ];
}

function probeState(label: string, set: ProbeSet, probes: readonly ProbeStatus[]): Line {
  const { state: now } = probes.find((status) => status.set === set) ?? { state: 'off' };
  return field(label, now === 'failed' ? 'FAILED' : now, PROBE_TONES[now]);
}

/** How it is attached, or why it is not. */
function probeDetail({ state: now, variant, detail }: ProbeStatus): Line {
  const text = now === 'failed' || now === 'stopped' ? detail : variant;
  return text === null ? [] : [span(`  ${text}`, 'faint')];
}

const PROBE_TONES: Readonly<Record<ProbeStatus['state'], Tone>> = {
  off: 'plain',
  starting: 'plain',
  running: 'strong',
  stopped: 'plain',
  failed: 'warning',
};

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

function qualityLine({ coverage, lostEvents, droppedRecords, worstResidueFraction }: Quality): Line {
  const { fraction, traced, kernel } = coverage;
  const covered = fraction === null || (fraction >= 0.99 && fraction <= 1.01);
  return [
    ...field(' coverage', formatPercent(fraction).padStart(4), covered ? 'strong' : 'warning'),
    span(` (traced ${formatCount(traced)} of ${formatCount(kernel)})`, 'label'),
    GAP,
    ...field('lost', formatCount(lostEvents), lostEvents > 0 ? 'warning' : 'strong'),
    GAP,
    ...field('dropped', formatCount(droppedRecords), droppedRecords > 0 ? 'warning' : 'strong'),
    GAP,
    ...field('residue', formatPercent(worstResidueFraction)),
  ];
}
