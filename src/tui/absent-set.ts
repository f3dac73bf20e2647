import type { ProbeStatus } from '../model/snapshot.js';
import type { OptionalSetName } from '../record/record.js';
import { wrap } from '../text/wrap.js';
import { probeStatus } from './probe-status.js';
import type { Scene } from './scene.js';
import { type Line, span } from './styled.js';

const KEYS: { readonly [set in OptionalSetName]: string } = {
  requests: 'n',
  pagecache: 'C',
  storage: 'B',
  stacks: 'T',
  wakers: 'W',
};

/** What is shown, and whether it is a replay, in which nothing can be started. */
type Shown = Pick<Scene, 'snapshot' | 'replay'>;

/** Why a set has nothing to show, and what starts it. */
export function absentSet(shown: Shown, set: OptionalSetName, width: number): Line[] {
  return wrap(sentence(shown, set), width - 2).map((text) => [span(` ${text}`, 'label')]);
}

/**
 * Above figures that no longer grow: why, and what starts the set again. Nothing while it runs, and once all sets have
 * ended with the session.
 */
export function staleSet({ snapshot, replay }: Shown, set: OptionalSetName, width: number): Line[] {
  const { state, detail } = probeStatus(snapshot, set);
  if (state === 'running' || (state !== 'failed' && state !== 'starting' && detail === null)) return [];
  const tone = state === 'failed' ? 'warning' : 'label';
  return wrap(`${STALE[state](set, detail, replay === null)}; the figures are of before`, width - 2).map((text) => [
    span(` ${text}`, tone),
  ]);
}

type Stale = (set: OptionalSetName, detail: string | null, isLive: boolean) => string;

const off: Stale = (set, detail, isLive) =>
  `the probe set ${set} is off (${detail}${isLive ? `; ${KEYS[set]} starts it` : ''})`;

const STALE: { readonly [state in Exclude<ProbeStatus['state'], 'running'>]: Stale } = {
  off,
  stopped: off,
  starting: (set) => `the probe set ${set} is starting`,
  failed: (set, detail, isLive) =>
    `FAILED: the probe set ${set}: ${detail ?? 'no reason given'}${isLive ? ` (${KEYS[set]} starts it anew)` : ''}`,
};

function sentence({ snapshot, replay }: Shown, set: OptionalSetName): string {
  const { state, detail } = probeStatus(snapshot, set);
  if (state === 'failed') return `the probe set ${set} cannot run: ${detail ?? 'no reason given'}`;
  if (state === 'starting') return `the probe set ${set} is starting`;
  if (state === 'running') return `the probe set ${set} runs and has seen nothing yet`;
  const why = detail === null ? '' : ` (${detail})`;
  return replay === null ? `${KEYS[set]} starts the probe set ${set}${why}` : `the probe set ${set} did not run${why}`;
}
