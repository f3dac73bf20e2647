import type { Diagnosis } from '../diagnosis/finding.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Readings } from './readings.js';

/** One of the two sessions: what it came to, and its course. */
export interface Side {
  readonly snapshot: Snapshot;
  readonly diagnosis: Diagnosis;
  readonly readings: Readings;
}
