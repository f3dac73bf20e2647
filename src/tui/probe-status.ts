import type { ProbeStatus, Snapshot } from '../model/snapshot.js';
import type { ProbeSet } from '../record/record.js';

/** What is known of a probe set; `off` where it was never heard of. */
export function probeStatus({ probes }: Pick<Snapshot, 'probes'>, set: ProbeSet): ProbeStatus {
  return probes.find((status) => status.set === set) ?? { set, state: 'off', variant: null, detail: null };
}
