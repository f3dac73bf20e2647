import type { ProbeStatus, Snapshot } from '../../model/snapshot.js';
import type { ProbeSet } from '../../record/record.js';
import { formatCount, formatDuration, formatPercent, formatSmallShare } from '../../text/units.js';
import { mostImportant } from '../importance.js';
import { probeStatus } from '../probe-status.js';
import type { Panel, Scene } from '../scene.js';
import { field, type Line, lineColumns, span, type Tone } from '../styled.js';

/** How far the figures can be trusted, in one row: what matters least gives way where it is short. */
export const quality: Panel = ({ snapshot }, width) => [fitting(qualityFields(snapshot), width)];

/** How the probe sets are attached, or why they are not. */
export const probes: Panel = (scene) => [probesLine(scene)];

const GAP = span('  ');

interface Piece {
  readonly line: Line;
  readonly importance: number;
}

function qualityFields(snapshot: Snapshot): Piece[] {
  const { quality: figures, totals } = snapshot;
  const { coverage, lostEvents, droppedRecords, worstResidueFraction } = figures;
  const { fraction, traced, kernel } = coverage;
  const covered = fraction === null || (fraction >= 0.99 && fraction <= 1.01);
  const main = probeStatus(snapshot, 'threads').state;
  return [
    { line: probeState('probes', 'threads', snapshot), importance: main === 'running' ? 2 : 10 },
    { line: field('coverage', formatPercent(fraction).padStart(4), covered ? 'strong' : 'warning'), importance: 10 },
    { line: [span(`(traced ${formatCount(traced)} of ${formatCount(kernel)})`, 'label')], importance: 1 },
    { line: field('lost', formatCount(lostEvents), lostEvents > 0 ? 'warning' : 'strong'), importance: 9 },
    { line: field('dropped', formatCount(droppedRecords), droppedRecords > 0 ? 'warning' : 'strong'), importance: 9 },
    { line: field('residue', formatPercent(worstResidueFraction)), importance: 5 },
    { line: costField(snapshot.cost), importance: 8 },
    { line: probeState('exact', 'entry', snapshot), importance: 4 },
    { line: probeState('requests', 'requests', snapshot), importance: 6 },
    { line: threadCounts(totals), importance: 7 },
  ];
}

/** Of one core, in the latest ten seconds; a star where the governor has slowed or stopped something. */
function costField(cost: Snapshot['cost']): Line {
  const recent = cost?.recent ?? null;
  const isOver = recent?.budget != null && recent.total > recent.budget;
  const isGoverned = cost !== null && (cost.pace > 1 || cost.stopped.length > 0);
  const share = formatSmallShare(recent?.total ?? null).padStart(5);
  return field('cost', `${share}${isGoverned ? '*' : ' '}`, isOver || isGoverned ? 'warning' : 'strong');
}

function threadCounts({ threadsAlive, threadsEnded }: Snapshot['totals']): Line {
  const ended = threadsEnded > 0 ? [span(` +${formatCount(threadsEnded)} ended`, 'label')] : [];
  return [...field('threads', formatCount(threadsAlive)), ...ended];
}

/** The most important pieces that fit, in their order, with a gap before each but the first. */
function fitting(pieces: readonly Piece[], width: number): Line {
  const shown = mostImportant(pieces, width + 1, ({ line }) => lineColumns(line) + 2);
  return shown.flatMap(({ line }, index) => [index === 0 ? span(' ') : GAP, ...line]);
}

function probesLine({ snapshot: { probes: sets, quality: figures, totals }, glyphs }: Scene): Line {
  const { oneIn } = figures.sampling;
  const exact = totals.exactFaultLatency;
  const duration = (ns: number | null) => formatDuration(ns, glyphs.micro);
  return [
    ...field(' single faults', oneIn === 1 ? 'all' : `1 in ${oneIn}`),
    ...(exact === null ? [] : field('  exact', `p50 ${duration(exact.p50Ns)} p99 ${duration(exact.p99Ns)}`)),
    ...sets.flatMap(probeDetail),
  ];
}

/** How it is attached, or why it is not. */
function probeDetail({ set, state, variant, detail }: ProbeStatus): Line {
  const text = state === 'failed' || state === 'stopped' ? detail : variant;
  return state === 'off' || text === null ? [] : [span(`  ${set}: `, 'label'), span(text, 'faint')];
}

function probeState(label: string, set: ProbeSet, snapshot: Snapshot): Line {
  const now = probeStatus(snapshot, set).state;
  return field(label, now === 'failed' ? 'FAILED' : now, PROBE_TONES[now]);
}

const PROBE_TONES: Readonly<Record<ProbeStatus['state'], Tone>> = {
  off: 'plain',
  starting: 'plain',
  running: 'strong',
  stopped: 'plain',
  failed: 'warning',
};
