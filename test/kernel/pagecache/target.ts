import { numberOf, type Workload } from '../support/workload.js';

/** What the workload `pagecache` says of a round: pages that mincore(2) found gone, and the major faults it then took. */
export async function round(target: Workload, number: number): Promise<{ gone: number; majflt: number }> {
  target.go();
  const event = (await target.events('round', number))[number - 1];
  if (event === undefined) throw new Error('no such round');
  return { gone: numberOf(event, 'gone'), majflt: numberOf(event, 'majflt') };
}
