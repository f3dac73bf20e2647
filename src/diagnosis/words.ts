import type { GoroutineFunction, StallsView } from '../model/snapshot.js';
import type { FrameView } from '../model/stacks-view.js';
import type { RuntimeFacts } from '../record/record.js';
import { formatAddress, formatPercent } from '../text/units.js';
import type { Range } from './finding.js';

type Kind = RuntimeFacts['kind'];

/** "Both Ps were", "The event loop was": whoever can run the program's code, all of them; begins a sentence. */
export function allWhoRun(kind: Kind, capacity: number): string {
  if (kind === 'node') return 'The event loop was';
  const one = kind === 'go' ? 'P' : 'thread';
  if (capacity === 1) return `The only ${one} that can run was`;
  const which = capacity === 2 ? 'Both' : `All ${capacity}`;
  return kind === 'go' ? `${which} Ps were` : `${which} threads that can run at once were`;
}

/** "GOMAXPROCS 6", or what a capacity is elsewhere. */
export function capacityWord(kind: Kind, capacity: number): string {
  return kind === 'go' ? `GOMAXPROCS ${capacity}` : `${capacity} threads`;
}

/** "1 full stall", "2 full stalls". */
export function counted(count: number, one: string, figure: string = String(count)): string {
  return `${figure} ${one}${count === 1 ? '' : 's'}`;
}

/** A mean number of threads: "0.3", "2.9", "14". */
export function formatMean(mean: number): string {
  if (mean > 0 && mean < 0.05) return '<0.1';
  return mean < 9.95 ? mean.toFixed(1) : String(Math.round(mean));
}

/** "20% to 31%", or one figure where both ends read the same. */
export function formatShares({ low, high }: Range): string {
  const [from, to] = [formatPercent(low), formatPercent(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** The start function of goroutines; faults of threads without a goroutine are under the address 0. */
export function startName({ start, startPc }: Pick<GoroutineFunction, 'start' | 'startPc'>): string {
  return start ?? (startPc === 0n ? 'no goroutine' : formatAddress(startPc));
}

/** Share of the sampled time in which nothing of the program could run; 0 where no capacity is known. */
export function fullStallShare(stalls: StallsView | null): number {
  return stalls === null || stalls.capacity === null || stalls.sampledNs === 0 ? 0 : stalls.fullNs / stalls.sampledNs;
}

/** "lookup < handle < serve": a function and its callers, without the path of their package. */
export function callChain(frames: readonly FrameView[]): string {
  return frames.map(({ label }) => shortFunction(label)).join(' < ');
}

/** "store/index.(*Index).lookup" as "index.(*Index).lookup": a name without the path of its package. */
export function shortFunction(name: string): string {
  return name.replace(/^[\w.~%-]*\/(?:[\w.~%-]*\/)*/, '');
}
