import type { Budget } from '../record/cost.js';

/** 2 % of one core and 1 % of what the target takes. */
export const DEFAULT_BUDGET: Budget = { corePpm: 20_000, targetPpm: 10_000 };

/** What a text must be, for those to whom it has to be explained. */
export const BUDGET_HINT = 'give a share of one core (2%), with one of what the target takes (2%+1%), or off';

const TEXT = /^(\d{1,4}(?:\.\d{1,3})?)%(?:\+(\d{1,3}(?:\.\d{1,3})?)%)?$/;

/** "2%+1%": of one core, and of the target's CPU time; "5%": of one core; "off": null. Undefined where it is none of these. */
export function budgetFrom(text: string): Budget | null | undefined {
  if (text === 'off') return null;
  const [, core, target = '0'] = TEXT.exec(text) ?? [];
  if (core === undefined) return undefined;
  const budget = { corePpm: ppm(core), targetPpm: ppm(target) };
  return budget.corePpm + budget.targetPpm > 0 ? budget : undefined;
}

function ppm(percent: string): number {
  return Math.round(Number(percent) * 10_000);
}
