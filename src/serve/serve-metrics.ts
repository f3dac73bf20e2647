import { counter, type Family, gauges, info, type Labels, secondsCounter } from '../metrics/family.js';
import type { TargetFacts } from '../record/record.js';

interface SlotFigures {
  readonly tracing: boolean;
  /** Null where there is none for now. */
  readonly target: TargetFacts | null;
  /** Of that process (an outside string); null where it is not known. */
  readonly cgroup: string | null;
  readonly gaps: number;
  readonly untracedNs: number;
}

/** Whether a process is traced, and how long one that was there was not. */
export function slotMetrics(labels: Labels, { tracing, target, cgroup, gaps, untracedNs }: SlotFigures): Family[] {
  const about = { name: 'faultscope_process', help: 'Which process that is for now.' };
  const of = target === null ? [] : [{ pid: String(target.pid), comm: target.comm, cgroup: cgroup ?? '' }];
  return [
    ...of.map((facts) => info(about, { ...labels, ...facts })),
    gauges({ name: 'faultscope_tracing', help: '1 while a process is being traced.' }, [[labels, tracing ? 1 : 0]]),
    counter({ name: 'faultscope_tracing_gaps', help: 'How often tracing broke off while the process went on.' }, [
      [labels, gaps],
    ]),
    secondsCounter(
      { name: 'faultscope_untraced_seconds', help: 'Time in which the process was there and was not being traced.' },
      [[labels, untracedNs]],
    ),
  ];
}

export interface TargetFigures {
  /** Processes that match now. */
  readonly found: number;
  /** Of those, the ones there is no room for. */
  readonly leftOut: number;
  /** Processes that took the place of one that had ended. */
  readonly restarts: number;
}

/** What was found of a target. */
export function targetMetrics(target: string, { found, leftOut, restarts }: TargetFigures): Family[] {
  const labels = { target };
  return [
    gauges({ name: 'faultscope_target_up', help: '1 while at least one process of the target lives.' }, [
      [labels, found > 0 ? 1 : 0],
    ]),
    gauges({ name: 'faultscope_target_processes', help: 'Processes that match.' }, [[labels, found]]),
    gauges({ name: 'faultscope_target_processes_left_out', help: 'Of those, the ones that are not observed.' }, [
      [labels, leftOut],
    ]),
    counter({ name: 'faultscope_target_restarts', help: 'Processes that came after one that had ended.' }, [
      [labels, restarts],
    ]),
  ];
}

export interface AgentFigures {
  readonly version: string;
  readonly bpftrace: string | null;
  /** Of this process, all threads. */
  readonly cpuNs: number;
  readonly residentBytes: number;
  readonly reloads: number;
  readonly failedReloads: number;
}

/** What is to be known of faultscope itself; what tracing costs is with the processes that are traced. */
export function agentMetrics(figures: AgentFigures): Family[] {
  const { version, bpftrace, cpuNs, residentBytes, reloads, failedReloads } = figures;
  return [
    info({ name: 'faultscope_build', help: 'What serves this.' }, { version, bpftrace: bpftrace ?? '' }),
    secondsCounter({ name: 'faultscope_agent_cpu_seconds', help: "CPU time of faultscope's own process." }, [
      [{}, cpuNs],
    ]),
    gauges({ name: 'faultscope_agent_resident_bytes', help: "Resident memory of faultscope's own process." }, [
      [{}, residentBytes],
    ]),
    counter({ name: 'faultscope_reloads', help: 'How often the configuration was read anew, by what came of it.' }, [
      [{ result: 'done' }, reloads],
      [{ result: 'refused' }, failedReloads],
    ]),
  ];
}
