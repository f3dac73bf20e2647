import type { MappingView, Snapshot } from '../model/snapshot.js';

/** Four faults in five: what helps this file helps the program. */
const HOT_SHARE = 0.8;
/** An estimate from fewer single faults is off by more than a few points. */
const LEAST_FAULTS = 100;

/** The one file that most faults are in; null where there is none. */
export function hotFile({ mappings }: Snapshot): (MappingView & { share: number; path: string }) | null {
  const all = mappings.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  const [top] = [...mappings].sort((a, b) => b.majorFaults - a.majorFaults);
  if (top === undefined || top.of !== 'file' || top.path === null || all < LEAST_FAULTS) return null;
  const share = top.majorFaults / all;
  return share < HOT_SHARE ? null : { ...top, path: top.path, share };
}
