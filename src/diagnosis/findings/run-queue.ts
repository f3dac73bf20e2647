import type { Snapshot } from '../../model/snapshot.js';
import { formatPercent } from '../../text/units.js';
import type { Finding } from '../finding.js';
import { meanThreads, shareOfBusy } from '../thread-time.js';
import { formatMean } from '../words.js';

/** A fifth of what its threads do; a busy server with a CPU to spare stays far below. */
const LEAST_SHARE = 0.2;
/** A whole thread that could always run and never did. */
const LEAST_THREADS = 1;
/** It waits for half as long as it runs: twice that is a slowdown by half. */
const LEAST_OF_RUNNING = 0.5;
/** Of the host's CPU time taken by the hypervisor. */
const LEAST_STEAL = 0.05;
/** With so much of the host idle, something keeps the program from its CPUs. */
const HOST_IDLE = 0.3;

/** Threads are ready to run and get no CPU. */
export function runQueue(snapshot: Snapshot): Finding | null {
  const { symptoms, host } = snapshot;
  const queued = meanThreads(snapshot, 'runQueue') + meanThreads(snapshot, 'stolen');
  const running = meanThreads(snapshot, 'onCpu');
  const share = shareOfBusy(snapshot, 'runQueue') + shareOfBusy(snapshot, 'stolen');
  if (share < LEAST_SHARE || queued < LEAST_THREADS || queued < LEAST_OF_RUNNING * running) return null;
  const steal = symptoms?.host.steal ?? 0;
  const idle = symptoms?.host.idle ?? 0;
  return {
    id: 'run-queue',
    severity: 'problem',
    title: `It is short of CPU: ${formatMean(queued)} of its threads at a time could run and had no CPU, ${formatPercent(share)} of their time that is not idle.`,
    evidence: [
      `On average ${formatMean(running)} threads ran, on a host of ${host.cpus} CPUs; major faults took ${formatPercent(shareOfBusy(snapshot, 'fault'))}.`,
      ...(symptoms === null
        ? []
        : [`The host's CPUs were idle ${formatPercent(idle + symptoms.host.iowait)} of the time.`]),
      ...(steal < LEAST_STEAL ? [] : [`The hypervisor took ${formatPercent(steal)} of the host's CPU time (steal).`]),
    ],
    confidence: 'high',
    remedies: remedies(steal, idle),
  };
}

function remedies(steal: number, idle: number): string[] {
  return [
    ...(steal < LEAST_STEAL ? [] : ['The machine shares its CPUs with others: move it, or buy CPUs of its own.']),
    idle >= HOST_IDLE
      ? 'The host has CPUs idle: look for a CPU limit of its cgroup (cpu.max), a CPU set, or pinning (taskset).'
      : 'More CPUs, less other work on this host, or a larger share for this program (cpu.weight, nice).',
  ];
}
