import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFailIf } from '../../../src/commands/fail-if.js';
import { resultOf } from '../../../src/diff/condition.js';
import { diffOf } from '../../../src/diff/diff.js';
import { MEASURES } from '../../../src/diff/measures.js';
import { ExitCode, FaultscopeError } from '../../../src/errors.js';
import { seededRandom } from '../diagnosis/random.js';
import { type Scene, side } from './simulated.js';

const random = seededRandom(21);
const steady = (scene: Partial<Scene> = {}) => side(random, { spread: 0.02, correlation: 0, ...scene });
/** 40 % full stalls and 2000 faults a second before; 20 % and 3000 after. */
const diff = diffOf(steady(), steady({ fullStall: 0.2, faultsHz: 3000 }));

describe('--fail-if', () => {
  test.each([
    ['fullStall>5%', 'holds'],
    ['fullStall > 50%', 'clear'],
    ['fullStall<50%', 'holds'],
    ['majorFaults>100/s', 'holds'],
    ['majorFaults>before*1.2', 'holds'],
    ['majorFaults>before*1.8', 'clear'],
    ['majorFaults>before+500/s', 'holds'],
    ['fullStall>before+2%', 'clear'],
    ['fullStall<before-10%', 'holds'],
    ['faultP99>2s', 'clear'],
    ['faultP50>20us', 'holds'],
    ['faultWait>0.01', 'holds'],
    ['fullStalls>10/min', 'holds'],
  ])('%s %s', (text, state) => {
    const result = resultOf(parseFailIf(text), diff);
    expect(result.sentence).toContain(' after, ');
    expect(result.state).toBe(state);
  });

  test('says the value, the limit, and whether the change may be noise', () => {
    const same = diffOf(side(seededRandom(5)), side(seededRandom(6)));
    const { sentence } = resultOf(parseFailIf('majorFaults>before*0.5'), same);
    expect(sentence).toMatch(
      /^majorFaults>before\*0\.5: major faults [\d.]+k\/s after, more than [\d.]+k?\/s \(.*: within noise\)$/,
    );
  });

  test.each(['requestP99>2ms', 'requests<before*0.9', 'refaults>1/s'])('%s fails where it was not measured', (text) => {
    expect(resultOf(parseFailIf(text), diff)).toMatchObject({ state: 'unknown', value: null });
    expect(resultOf(parseFailIf(text), diff).sentence).toMatch(
      /: not measured after \(takes --\w+\), which counts as failing$/,
    );
  });

  test('of latency does not fail where there was no fault to be slow, by the kernel too', () => {
    const without = steady({ faultsHz: 0 });
    const counted = (kernel: number | null) => {
      const quality = { ...without.snapshot.quality, coverage: { traced: 0, kernel, fraction: null } };
      return diffOf(steady(), { ...without, snapshot: { ...without.snapshot, quality } });
    };
    const condition = parseFailIf('faultP99>2ms');
    expect(resultOf(condition, counted(0)).state).toBe('clear');
    expect(resultOf(condition, counted(500)).state).toBe('unknown');
    expect(resultOf(condition, counted(null)).state).toBe('unknown');
  });

  test.each([
    ['fullStall', 'is no condition'],
    ['fullStall>=5%', 'is no condition'],
    ['fullStall>+2%', 'is no condition'],
    ['fullStall>before', 'is no condition'],
    ['fullStall>5', 'give it as fullStall>5%'],
    ['fullStall>5ms', 'give it as fullStall>5%'],
    ['faultP99>2', 'give it as faultP99>2ms'],
    ['majorFaults>100', 'give it as majorFaults>100/s'],
    ['majorFaults>before*2/s', 'has a unit after a factor'],
    ['speed>5', 'there are fullStall, lostParallelism,'],
    ['constructor>5%', 'which is not measured'],
    ['fullStall>5constructor', 'is no condition'],
    ['fullStall>5toString', 'has no unit of fullStall'],
    ['', 'is no condition'],
  ])('%s is refused with one line', (text, words) => {
    try {
      parseFailIf(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof FaultscopeError)) throw error;
      expect(error.exitCode).toBe(ExitCode.usage);
      expect(error.line).toContain(words);
      expect(error.line).not.toContain('\n');
    }
  });

  test('takes any text as a condition or refuses it, and never anything else', () => {
    const pieces = fc.constantFrom(
      'fullStall',
      'faultP99',
      '>',
      '<',
      'before',
      '*',
      '+',
      '5',
      '1e9',
      '%',
      'ms',
      '\u001b[2J',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          try {
            expect(Number.isFinite(parseFailIf(text).limit.figure)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(FaultscopeError);
          }
        },
      ),
    );
  });
});

test('every metric has a name of its own and an example of a limit that is understood', () => {
  expect(new Set(MEASURES.map(({ id }) => id)).size).toBe(MEASURES.length);
  for (const { id } of MEASURES) expect(() => parseFailIf(`${id}>before*2`)).not.toThrow();
});
