import { expect, test } from 'vitest';
import { budgetFrom } from '../../../src/model/budget.js';

test.each([
  ['2%', { corePpm: 20_000, targetPpm: 0 }],
  ['2%+1%', { corePpm: 20_000, targetPpm: 10_000 }],
  ['0.25%+0.5%', { corePpm: 2500, targetPpm: 5000 }],
  ['0%+5%', { corePpm: 0, targetPpm: 50_000 }],
  ['150%', { corePpm: 1_500_000, targetPpm: 0 }],
  ['off', null],
])('%s is a budget', (text, budget) => {
  expect(budgetFrom(text)).toEqual(budget);
});

test.each(['', '2', '2%+', '+1%', '0%', '-1%', '2%+1', '2 %', 'two', '1e3%', '2%+1%+1%', '99999%', 'OFF'])(
  '"%s" is none',
  (text) => {
    expect(budgetFrom(text)).toBeUndefined();
  },
);
