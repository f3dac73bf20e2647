import type { Snapshot } from '../model/snapshot.js';
import { counter, type Family, gauge, gauges, info, type Labels, ratio, secondsCounter } from './family.js';

/** What was observed, and how far the figures can be trusted. */
export function qualityMetrics({ tool, host, target, window, probes, quality }: Snapshot, labels: Labels): Family[] {
  const { coverage, lostEvents, droppedRecords, sampling, worstResidueFraction } = quality;
  const exe = target.exe === null ? {} : { exe: target.exe };
  return [
    info(
      { name: 'faultscope_session', help: 'What was observed, and by what.' },
      { ...labels, ...exe, version: tool.version, kernel: host.kernel, arch: host.arch },
    ),
    secondsCounter({ name: 'faultscope_observed_seconds', help: 'How long it was observed.' }, [
      [labels, window.durationNs],
    ]),
    ...ratio(
      { name: 'faultscope_coverage_ratio', help: "Traced major faults by the kernel's count: 1 is all of them." },
      labels,
      coverage.fraction,
    ),
    counter(
      {
        name: 'faultscope_lost_events',
        help: 'Single faults, requests and threads of full stalls that never arrived.',
      },
      [[labels, lostEvents]],
    ),
    counter({ name: 'faultscope_dropped_records', help: 'Records for which there was no room.' }, [
      [labels, droppedRecords],
    ]),
    ...gauge(
      { name: 'faultscope_sampling_one_in', help: 'One in how many single faults arrives.' },
      labels,
      sampling.oneIn,
    ),
    ...ratio(
      { name: 'faultscope_worst_residue_ratio', help: "Largest share of a thread's life that is not accounted for." },
      labels,
      worstResidueFraction,
    ),
    gauges(
      { name: 'faultscope_probe_set_running', help: '1 while the probe set is attached.' },
      probes.map(({ set, state }) => [{ ...labels, set }, state === 'running' ? 1 : 0]),
    ),
  ];
}
