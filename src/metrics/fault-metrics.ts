import { CAUSES } from '../model/cause.js';
import type { Snapshot } from '../model/snapshot.js';
import { counter, type Family, gauge, type Labels, secondsCounter, secondsHistogram } from './family.js';

/** Major faults, and where the threads' time goes. */
export function faultMetrics({ totals }: Snapshot, labels: Labels): Family[] {
  const { time, majorFaults, majorFaultsNoSleep, threadsAlive, threadsEnded } = totals;
  // Two clocks meet in a part: one that has hardly begun may be a little below nought.
  const part = (name: string, help: string, ns: number) => secondsCounter({ name, help }, [[labels, Math.max(0, ns)]]);
  return [
    counter({ name: 'faultscope_major_faults', help: 'Major page faults.' }, [[labels, majorFaults]]),
    counter({ name: 'faultscope_major_faults_no_sleep', help: 'Of those, faults that never slept: no latency.' }, [
      [labels, majorFaultsNoSleep],
    ]),
    secondsHistogram(
      { name: 'faultscope_fault_latency_seconds', help: 'From going off-CPU to the completion of a major fault.' },
      labels,
      { cells: totals.faultHistogram, totalNs: totals.faultLatencyNs },
    ),
    secondsCounter(
      { name: 'faultscope_wait_seconds', help: 'Time of all threads off-CPU by cause, waits that go on included.' },
      CAUSES.map((cause) => [{ ...labels, cause }, Math.max(0, time[cause])]),
    ),
    part('faultscope_on_cpu_seconds', 'Time of all threads on a CPU.', time.onCpu),
    part('faultscope_run_queue_seconds', 'Time of all threads runnable without a CPU.', time.runQueue),
    part('faultscope_stolen_seconds', 'Time that interrupts and the hypervisor took from them.', time.stolen),
    ...gauge({ name: 'faultscope_threads', help: 'Threads alive.' }, labels, threadsAlive),
    counter({ name: 'faultscope_ended_threads', help: 'Threads that have ended.' }, [[labels, threadsEnded]]),
  ];
}
