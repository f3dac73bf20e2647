import type { GovernorRecord } from '../record/cost.js';

/** What the governor did and why, in a sentence. */
export function decisionText({ did, set, pace, costPpm, budgetPpm }: GovernorRecord): string {
  const why = `looking on cost ${percent(costPpm)} of a core, the budget is ${percent(budgetPpm)}`;
  switch (did) {
    case 'slowed':
      return `governor: figures are read every ${pace} intervals: ${why}`;
    case 'quickened':
      return pace === 1
        ? `governor: figures are read every interval again: ${why}`
        : `governor: figures are read every ${pace} intervals, more often again: ${why}`;
    case 'stopped':
      return `governor: stopped the probe set ${set}: ${why}`;
    case 'returned':
      return `governor: started the probe set ${set} again: ${why}`;
    case 'exceeded':
      return `over budget, nothing is left to save: ${why}; raise it (--budget), read less often (--interval), or end it`;
    case 'within':
      return `within the budget again: ${why}`;
  }
}

function percent(ppm: number): string {
  return `${(ppm / 1e4).toFixed(1)} %`;
}
