import type { ProbeStatus, Snapshot } from '../../model/snapshot.js';
import type { ProbeSet } from '../../record/record.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
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

function qualityFields({ quality: figures, probes: sets, totals }: Snapshot): Piece[] {
  const { coverage, lostEvents, droppedRecords, worstResidueFraction } = figures;
  const { fraction, traced, kernel } = coverage;
  const covered = fraction === null || (fraction >= 0.99 && fraction <= 1.01);
  const main = sets.find(({ set }) => set === 'threads')?.state ?? 'off';
  return [
    { line: probeState('probes', 'threads', sets), importance: main === 'running' ? 2 : 10 },
    { line: field('coverage', formatPercent(fraction).padStart(4), covered ? 'strong' : 'warning'), importance: 10 },
    { line: [span(`(traced ${formatCount(traced)} of ${formatCount(kernel)})`, 'label')], importance: 1 },
    { line: field('lost', formatCount(lostEvents), lostEvents > 0 ? 'warning' : 'strong'), importance: 9 },
    { line: field('dropped', formatCount(droppedRecords), droppedRecords > 0 ? 'warning' : 'strong'), importance: 9 },
    { line: field('residue', formatPercent(worstResidueFraction)), importance: 5 },
    { line: probeState('exact', 'entry', sets), importance: 4 },
    { line: probeState('requests', 'requests', sets), importance: 6 },
    { line: threadCounts(totals), importance: 7 },
  ];
}

function threadCounts({ threadsAlive, threadsEnded }: Snapshot['totals']): Line {
  const ended = threadsEnded > 0 ? [span(` +${formatCount(threadsEnded)} ended`, 'label')] : [];
  return [...field('threads', formatCount(threadsAlive)), ...ended];
}

/** The most important pieces that fit, in their order, with a gap before each but the first. */
function fitting(pieces: readonly Piece[], width: number): Line {
  let room = width + 1;
  const taken = pieces
    .toSorted((a, b) => b.importance - a.importance)
    .filter(({ line }) => {
      const columns = lineColumns(line) + 2;
      const fits = columns <= room;
      if (fits) room -= columns;
      return fits;
    });
  const shown = pieces.filter((piece) => taken.includes(piece));
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

function probeState(label: string, set: ProbeSet, sets: readonly ProbeStatus[]): Line {
  const now = sets.find((status) => status.set === set)?.state ?? 'off';
  return field(label, now === 'failed' ? 'FAILED' : now, PROBE_TONES[now]);
}

const PROBE_TONES: Readonly<Record<ProbeStatus['state'], Tone>> = {
  off: 'plain',
  starting: 'plain',
  running: 'strong',
  stopped: 'plain',
  failed: 'warning',
};
