import type { Snapshot } from '../model/snapshot.js';
import type { OptionalSetName } from '../record/record.js';
import { wrap } from '../text/wrap.js';
import { probeStatus } from './probe-status.js';
import { type Line, span } from './styled.js';

const KEYS: { readonly [set in OptionalSetName]: string } = {
  requests: 'n',
  pagecache: 'C',
  storage: 'B',
  stacks: 'T',
  wakers: 'W',
};

/** Why a set has nothing to show, and what starts it. */
export function absentSet(snapshot: Snapshot, set: OptionalSetName, width: number): Line[] {
  return wrap(sentence(snapshot, set), width - 2).map((text) => [span(` ${text}`, 'label')]);
}

function sentence(snapshot: Snapshot, set: OptionalSetName): string {
  const { state, detail } = probeStatus(snapshot, set);
  if (state === 'failed') return `the probe set ${set} cannot run: ${detail ?? 'no reason given'}`;
  if (state === 'starting') return `the probe set ${set} is starting`;
  if (state === 'running') return `the probe set ${set} runs and has seen nothing yet`;
  return `${KEYS[set]} starts the probe set ${set}${detail === null ? '' : ` (${detail})`}`;
}
