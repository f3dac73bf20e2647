import type { Snapshot } from '../../model/snapshot.js';
import type { Measure, QuantileMeasure } from '../measure.js';
import type { Sums } from '../ratio-estimate.js';

const REQUESTS = '--requests';

/** What the program does for others, and how fast. */
export const LOAD_MEASURES: readonly Measure[] = [
  {
    kind: 'ratio',
    id: 'requests',
    name: 'requests',
    unit: 'per-second',
    better: 'higher',
    needs: REQUESTS,
    sums: answered,
  },
  request('requestP50', 'request p50', 0.5),
  request('requestP99', 'request p99', 0.99),
  {
    kind: 'ratio',
    id: 'faultsPerRequest',
    name: 'faults/request',
    unit: 'per-request',
    better: 'lower',
    needs: REQUESTS,
    sums: faultsPerRequest,
  },
];

/** While the set ran; times a second. */
function answered({ history }: Snapshot): Sums | null {
  let [count, durationNs] = [0, 0];
  for (const point of history) {
    if (point.requests === null) continue;
    count += point.requests.count;
    durationNs += point.durationNs;
  }
  return durationNs === 0 ? null : { amount: count * 1e9, per: durationNs };
}

/** Null too where there was no request: then there is none to lay faults to. */
function faultsPerRequest({ history }: Snapshot): Sums | null {
  let [faults, requests] = [0, 0];
  for (const point of history) {
    if (point.requests === null) continue;
    faults += point.majorFaults;
    requests += point.requests.count;
  }
  return requests === 0 ? null : { amount: faults, per: requests };
}

function request(id: string, name: string, q: number): QuantileMeasure {
  return { kind: 'quantile', id, name, unit: 'duration', better: 'lower', needs: REQUESTS, q, of: 'requests' };
}
