import type { Snapshot } from '../model/snapshot.js';
import type { ProbeSet } from '../record/record.js';

/** The set has seen something of the session. */
export function hasRun({ probes }: Pick<Snapshot, 'probes'>, set: ProbeSet): boolean {
  const state = probes.find((probe) => probe.set === set)?.state;
  return state === 'running' || state === 'stopped';
}
