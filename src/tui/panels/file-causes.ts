import type { CauseShare, FileView } from '../../model/files-view.js';
import { cell } from '../../text/cell.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { absentSet } from '../absent-set.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

const WORDS: { readonly [cause in CauseShare['cause']]: string } = {
  'first-touch': 'first touch',
  refault: 'evicted before',
  'under-way': 'read by another thread',
  'own-readahead': 'own readahead not done',
  'swap-in': 'swapped out',
  unknown: 'not known',
};

/** Evictors named below a cause. */
const EVICTORS = 3;

/** Why the file's pages were not there, and who evicted those that had been; or what starts the set that tells. */
export function causeLines({ causes, device }: FileView, scene: Scene, width: number): Line[] {
  const { glyphs } = scene;
  const heading: Line = [span(titleText('causes of its faults', width, glyphs), 'title')];
  if (causes === null) {
    if (device === null) return [heading, [span(' it has no file: its pages come from swap', 'label')]];
    return [heading, ...absentSet(scene, 'pagecache', width)];
  }
  const all = causes.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  return [
    heading,
    [span(` ${cell('', NAME_COLUMNS)}${['majfl', 'share', 'mean'].map(right).join('')}  confidence`, 'label')],
    ...[...causes]
      .sort((a, b) => b.majorFaults - a.majorFaults)
      .flatMap((share) => [causeLine(share, all, glyphs), ...evictorLines(share, glyphs)]),
    ...(causes.length === 0 ? [[span('  none told yet', 'label')]] : []),
  ];
}

const NAME_COLUMNS = 24;
const right = (text: string) => cell(text, 7, 'right');

function causeLine({ cause, majorFaults, faultWaitNs, confidence }: CauseShare, all: number, { micro }: Glyphs): Line {
  const meanNs = majorFaults > 0 ? Math.round(faultWaitNs / majorFaults) : null;
  const figures = [
    formatCount(majorFaults),
    formatPercent(all > 0 ? majorFaults / all : null),
    formatDuration(meanNs, micro),
  ];
  return [
    span(` ${cell(WORDS[cause], NAME_COLUMNS)}`),
    span(figures.map(right).join(''), 'strong'),
    span(`  ${confidence}`, 'label'),
  ];
}

function evictorLines({ evictors }: CauseShare, { micro }: Glyphs): Line[] {
  return evictors.slice(0, EVICTORS).map(({ actor, way, majorFaults, meanAgeNs }) => {
    const name = actor.pid === 0 ? 'by many others' : `by ${actor.comm ?? '-'}[${actor.pid}]`;
    return [
      span(`   ${cell(name, NAME_COLUMNS - 2)}${right(formatCount(majorFaults))}`),
      span(`  ${way}, back after ${formatDuration(Math.round(meanAgeNs), micro)} on average`, 'label'),
    ];
  });
}
