import { PART_ORDER, PART_WORDS } from '../../model/part-words.js';
import { ACTIONS_IN } from '../actions.js';
import { titleText } from '../glyphs.js';
import { modeOf, type Scene } from '../scene.js';
import { fitLine, type Line, span } from '../styled.js';

const KEY_COLUMNS = 13;
/** From here on keys and words stand side by side. */
const TWO_COLUMNS = 130;

/** All keys, and what the words on the screen mean. */
export function helpLines(scene: Pick<Scene, 'glyphs' | 'replay'>, width: number): Line[] {
  const { glyphs } = scene;
  const half = width >= TWO_COLUMNS ? Math.floor(width / 2) - 1 : width;
  const keys: Line[] = [
    [span(titleText('keys', half, glyphs), 'title')],
    ...ACTIONS_IN[modeOf(scene)].flatMap(({ help }) =>
      help === undefined ? [] : [[span(` ${help.keys.padEnd(KEY_COLUMNS)}`, 'key'), span(help.text)]],
    ),
  ];
  const words: Line[] = [
    [span(titleText('where thread time goes', half, glyphs), 'title')],
    ...PART_ORDER.map((part) => [
      span(' '),
      { text: PART_WORDS[part].letter, tone: part, filled: true },
      span(` ${PART_WORDS[part].name.padEnd(12)}`, part),
      span(PART_WORDS[part].meaning),
    ]),
    [span(titleText('figures', half, glyphs), 'title')],
    ...FIGURES.map(([word, meaning]) => [span(` ${word.padEnd(14)}`, 'strong'), span(meaning)]),
  ];
  return half === width ? [...keys, ...words] : sideBySide(keys, words, half);
}

const FIGURES: readonly (readonly [word: string, meaning: string])[] = [
  ['-', 'not known; a nought is a real nought'],
  ['coverage', 'major faults traced, of those the kernel itself counted'],
  ['lost', 'single faults that were sent and never arrived; sums are not touched'],
  ['dropped', 'waits or threads for which a kernel map had no room: sums are too low'],
  ['residue', "largest part of a thread's life that its account cannot explain"],
  ['p50 p90 p99', 'of the latency of major faults, at most 12.5 % off; max is exact'],
  ['percentages', "in the thread table: of the thread's life"],
  ['gauge', 'a box for each that can run at once (P, loop, threads), filled where stuck'],
  ['full stall', 'as many threads stuck in major faults as can run: nothing of it runs'],
  ['lost par.', 'lost parallelism: mean share of what can run that is stuck'],
  ['in disk IO', 'threads blocked in major faults or other disk I/O, on average'],
  ['PSI', 'share of the time in which some tasks of the host waited for memory or I/O'],
  ['held P', 'goroutines: share of their fault time in which they kept a P from others'],
  ['files', '~: estimated from single faults; inmem: share of the file in the page cache'],
  ['charts', 'begin at 0; blank is not known'],
];

function sideBySide(left: readonly Line[], right: readonly Line[], half: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [
    ...fitLine(left[row] ?? [], half + 2),
    ...(right[row] ?? []),
  ]);
}
