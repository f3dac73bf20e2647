import { callChain } from '../diagnosis/words.js';
import type { Snapshot } from '../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../text/units.js';
import { oneLine, paragraph } from './report-lines.js';
import { userStacks } from './user-stacks.js';

const STACKS = 5;

/** The code that major faults were taken in: a line for each path to it, with its share of their time. */
export function stackLines({ stacks }: Snapshot): string[] {
  if (stacks === null || stacks.faults.count === 0) return [];
  const { count, totalNs, withoutStack } = stacks.faults;
  const without = withoutStack === 0 ? '' : `; ${formatPercent(withoutStack / count)} without a stack`;
  return [
    ...paragraph(
      'stacks   ',
      `code in faults, innermost first: ${formatCount(count)} in ${formatDuration(totalNs)}${without}`,
    ),
    ...userStacks(stacks)
      .slice(0, STACKS)
      .map((stack) => {
        const share = totalNs === 0 ? stack.count / count : stack.totalNs / totalNs;
        const chain = stack.frames.length === 0 ? '[no stack]' : callChain(stack.frames);
        return oneLine(`  ${formatPercent(share).padStart(4)}  ${chain}`);
      }),
  ];
}
