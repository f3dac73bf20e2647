import type { MappingView, Snapshot } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent } from '../../text/units.js';
import { deviceName, faultFlow } from '../device-verdict.js';
import type { Finding } from '../finding.js';

/** One fault in twenty: swapping costs more than its share, because what was evicted had been in use. */
const LEAST_SHARE = 0.05;
const LEAST_FAULTS = 100;
/** A few pages of a program that slept come back without harm; this is more than one call's worth. */
const LEAST_RATE_HZ = 5;
/** The kinds of memory that have no file: their major faults read from swap. */
const WITHOUT_FILE: ReadonlySet<MappingView['of']> = new Set<MappingView['of']>([
  'anonymous',
  'heap',
  'stack',
  'shared',
]);

/** Its own memory has been swapped out and is read back. */
export function swapIn(snapshot: Snapshot): Finding | null {
  const { mappings, window, symptoms } = snapshot;
  const all = faultsOf(mappings);
  const swapped = mappings.filter(({ of }) => WITHOUT_FILE.has(of));
  const faults = faultsOf(swapped);
  const share = all === 0 ? 0 : faults / all;
  if (share < LEAST_SHARE || faults < LEAST_FAULTS || faults < LEAST_RATE_HZ * (window.durationNs / 1e9)) return null;
  const waitNs = swapped.reduce((sum, { faultWaitNs }) => sum + faultWaitNs, 0);
  const pressure = symptoms?.memoryPressure ?? null;
  return {
    id: 'swap-in',
    severity: 'problem',
    title: `Its own memory was swapped out: ${formatPercent(share)} of its major faults read it back.`,
    evidence: [
      `${formatCount(faults)} faults and ${formatDuration(waitNs)} of thread time in ${kinds(swapped)} memory, which has no file behind it.`,
      ...swapDeviceLines(snapshot),
      ...(pressure === null
        ? []
        : [`Tasks of the host were held up for memory ${formatPercent(pressure.some)} of the time (PSI).`]),
    ],
    confidence: 'high',
    remedies: [
      'Give it memory: a larger host, a higher memory.high and memory.max of its cgroup, or fewer neighbours.',
      'Keep it from being swapped: memory.swap.max of its cgroup at 0, memory.low, a lower vm.swappiness, or mlockall(2).',
    ],
  };
}

/** How fast the devices that hold swap answered; those of swap files answer other faults too. */
function swapDeviceLines({ storage }: Snapshot): string[] {
  return (storage?.devices ?? []).flatMap((device) => {
    const flow = device.swap ? faultFlow(device) : null;
    if (flow === null) return [];
    const { queue, service, whole, count } = flow;
    const totalNs = [queue, service, whole].reduce((sum, stage) => sum + (stage?.totalNs ?? 0), 0);
    const p99Ns = (whole ?? service)?.latency.p99Ns ?? null;
    const all = `${formatDuration(totalNs / count)} on average`;
    const parts = whole === null ? ` (${formatDuration(queue?.meanNs ?? null)} of it queue)` : '';
    return [
      `${deviceName(device)}, which holds swap, answered ${formatCount(count)} fault reads in ${all}${parts}, p99 ${formatDuration(p99Ns)}.`,
    ];
  });
}

function faultsOf(mappings: readonly MappingView[]): number {
  return mappings.reduce((sum, { majorFaults }) => sum + majorFaults, 0);
}

function kinds(mappings: readonly MappingView[]): string {
  return [...new Set(mappings.map(({ of }) => of))].join(' and ');
}
