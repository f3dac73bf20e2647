import type { ChainThread, ChainView } from '../model/wakers-view.js';
import { formatCount, formatDuration, type MicroUnit } from '../text/units.js';
import { counted } from './words.js';

/**
 * "worker[12] waits for reader[13]'s lock, which is in a major fault: 1.2s in 340 waits". Names are outside strings,
 * unescaped.
 */
export function chainText({ waiter, holder, faulter, count, overlapNs }: ChainView, micro?: MicroUnit): string {
  const lock = `${threadText(waiter)} waits for ${threadText(holder)}'s lock`;
  const fault =
    holder.tid === faulter.tid
      ? 'which is in a major fault'
      : `which waits for ${threadText(faulter)}'s, which is in a major fault`;
  const time = formatDuration(overlapNs, micro);
  return `${lock}, ${fault}: ${time} in ${counted(count, 'wait', formatCount(count))}`;
}

function threadText({ tid, name }: ChainThread): string {
  return name === null ? `thread ${tid}` : `${name}[${tid}]`;
}
