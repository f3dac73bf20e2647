import type { Condition } from '../diff/condition.js';
import type { Measure, Unit } from '../diff/measure.js';
import { MEASURES } from '../diff/measures.js';
import { ExitCode, FaultscopeError } from '../errors.js';

/** METRIC, > or <, and a figure; or `before` with *, + or - and a figure. */
const CONDITION = /^([A-Za-z0-9]{1,40})\s*([<>])\s*(?:before\s*([*+-])\s*)?(\d{1,15}(?:\.\d{1,9})?)([^\s\d.]\S{0,7})?$/;

/** `fullStall>5%`, `majorFaults>before*1.2`, `faultP99<before+2ms`. Throws FaultscopeError (exit 2). */
export function parseFailIf(text: string): Condition {
  const match = CONDITION.exec(text.trim());
  if (match === null)
    throw unusable(text, 'is no condition', 'give it as fullStall>5%, faultP99>2ms or majorFaults>before*1.2');
  const [, id = '', than, sign, digits = '', given = ''] = match;
  const measure = MEASURES.find((one) => one.id === id);
  if (measure === undefined) {
    throw unusable(
      text,
      `asks for ${id}, which is not measured`,
      `there are ${MEASURES.map((one) => one.id).join(', ')}`,
    );
  }
  const figure = figureOf(text, measure, digits, given, sign === '*');
  return {
    text: text.trim(),
    measure,
    than: than === '<' ? '<' : '>',
    limit: {
      against: sign === undefined ? 'value' : sign === '*' ? 'before-times' : 'before-plus',
      figure: sign === '-' ? -figure : figure,
    },
  };
}

function figureOf(text: string, measure: Measure, digits: string, given: string, isFactor: boolean): number {
  if (isFactor) {
    if (given === '') return Number(digits);
    throw unusable(text, 'has a unit after a factor', `give it as ${measure.id}>before*1.2`);
  }
  const scale = SCALES[measure.unit].get(given);
  if (scale !== undefined) return Number(digits) * scale;
  const example = EXAMPLES[measure.unit];
  throw unusable(text, `has no unit of ${measure.id}`, `give it as ${measure.id}>${example}`);
}

const BARE = new Map([['', 1]]);
const SCALES: { readonly [unit in Unit]: ReadonlyMap<string, number> } = {
  share: new Map([['%', 0.01]]),
  'per-second': new Map([['/s', 1]]),
  'per-minute': new Map([['/min', 1]]),
  'per-request': BARE,
  threads: BARE,
  cpus: BARE,
  duration: new Map([
    ['ns', 1],
    ['us', 1e3],
    ['µs', 1e3],
    ['ms', 1e6],
    ['s', 1e9],
  ]),
};
const EXAMPLES: { readonly [unit in Unit]: string } = {
  share: '5%',
  'per-second': '100/s',
  'per-minute': '10/min',
  'per-request': '2',
  threads: '0.5',
  cpus: '1.5',
  duration: '2ms',
};

function unusable(text: string, what: string, hint: string): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.usage, message: `--fail-if '${text}' ${what}`, hint });
}
