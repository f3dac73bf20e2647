import type { Snapshot } from './snapshot.js';

/** The snapshot with notes on how far the recording can be trusted that it comes from; itself where there are none. */
export function noted(snapshot: Snapshot, warnings: readonly string[]): Snapshot {
  if (warnings.length === 0) return snapshot;
  const { quality, window } = snapshot;
  const notes = warnings.map((warning) => ({ atNs: window.durationNs, text: `the recording: ${warning}` }));
  return { ...snapshot, quality: { ...quality, notes: [...quality.notes, ...notes] } };
}
