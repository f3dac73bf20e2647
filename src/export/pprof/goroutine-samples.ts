import type { GoroutinesView, Snapshot } from '../../model/snapshot.js';
import { safeText } from '../../text/safe.js';
import { formatAddress } from '../../text/units.js';
import type { PprofFrame, PprofSample, SampleType } from './profile-writer.js';

/**
 * The same faults once more, by what the kernel script counts exactly of goroutines: their start functions. Which thread took
 * how many of them for which function is not counted, so that these have sample types of their own.
 */
export const GOROUTINE_TYPES: readonly SampleType[] = [
  { type: 'goroutine_major_faults', unit: 'count' },
  { type: 'goroutine_fault_latency', unit: 'nanoseconds' },
];

/** `values` puts the two figures of {@link GOROUTINE_TYPES} in their places among all of a sample. */
export function goroutineSamples(
  { goroutines, totals }: Snapshot,
  values: (majorFaults: number, latencyNs: number) => readonly number[],
): PprofSample[] {
  if (goroutines === null) return [];
  const counted = goroutines.functions.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
  return [
    ...goroutines.functions.flatMap((of) => functionSamples(of, values)),
    ...(totals.majorFaults > counted
      ? [{ frames: [pseudo('[laid to no goroutine]')], values: values(totals.majorFaults - counted, 0), labels: {} }]
      : []),
  ];
}

function functionSamples(
  { startPc, start, majorFaults, faultWaitNs, holdingFaults, holdingWaitNs }: GoroutinesView['functions'][number],
  values: (majorFaults: number, latencyNs: number) => readonly number[],
): PprofSample[] {
  const name = startPc === 0n ? '[no goroutine]' : start === null ? formatAddress(startPc) : safeText(start);
  const frames = [{ ...pseudo(name), address: startPc }];
  const sample = (holdsP: 'yes' | 'no', faults: number, ns: number): PprofSample[] =>
    faults === 0 && ns === 0
      ? []
      : [{ frames, values: values(faults, ns), labels: { goroutine: name, holds_p: holdsP } }];
  return [
    ...sample('yes', holdingFaults, holdingWaitNs),
    ...sample('no', majorFaults - holdingFaults, faultWaitNs - holdingWaitNs),
  ];
}

function pseudo(name: string): PprofFrame {
  return { name, module: null, address: 0n };
}
