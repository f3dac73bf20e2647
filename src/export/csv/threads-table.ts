import { CAUSES } from '../../model/cause.js';
import type { Distribution, ThreadView, UnlistedThreads } from '../../model/snapshot.js';
import { sumOf } from '../../model/time-split.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { type Cell, type Column, csvPieces } from './csv-text.js';

/** A thread, or all those together that have no row any more. */
interface Row extends UnlistedThreads {
  readonly listed: ThreadView | null;
}

const COLUMNS: readonly Column<Row>[] = [
  thread('tid', ({ tid }) => tid),
  thread('thread', ({ name }) => name),
  thread('alive', ({ alive }) => alive),
  { name: 'threads', of: ({ threads }) => threads },
  { name: 'lifetime_ns', of: ({ lifetimeNs }) => lifetimeNs },
  { name: 'major_faults', of: ({ majorFaults }) => majorFaults },
  { name: 'major_faults_no_sleep', of: ({ majorFaultsNoSleep }) => majorFaultsNoSleep },
  thread('kernel_major_faults', ({ kernelMajorFaults }) => kernelMajorFaults),
  thread('user_faults', ({ userFaults }) => userFaults),
  latency('fault_latency_p50_ns', ({ p50Ns }) => p50Ns),
  latency('fault_latency_p90_ns', ({ p90Ns }) => p90Ns),
  latency('fault_latency_p99_ns', ({ p99Ns }) => p99Ns),
  latency('fault_latency_max_ns', ({ maxNs }) => maxNs),
  { name: 'on_cpu_ns', of: ({ time }) => time.onCpu },
  { name: 'run_queue_ns', of: ({ time }) => time.runQueue },
  { name: 'stolen_ns', of: ({ time }) => time.stolen },
  ...CAUSES.map((cause) => ({
    name: `${cause.replace('-', '_')}_wait_ns`,
    of: ({ time }: Row) => time[cause],
  })),
  { name: 'residue_ns', of: ({ lifetimeNs, time }) => lifetimeNs - sumOf(time) },
];

/** A row a thread; those that have lost their rows share the last one. The columns add up to the summary's totals. */
export function renderThreadsTable(session: ExportedSession): ExportPieces {
  const { threads, unlistedThreads } = session.end().snapshot;
  const rows: Row[] = threads.map((view) => ({ ...view, threads: 1, listed: view }));
  if (unlistedThreads !== null) rows.push({ ...unlistedThreads, listed: null });
  return csvPieces(COLUMNS, rows);
}

function thread(name: string, of: (view: ThreadView) => Cell): Column<Row> {
  return { name, of: ({ listed }) => (listed === null ? null : of(listed)) };
}

function latency(name: string, of: (distribution: Distribution) => number | null): Column<Row> {
  return thread(name, ({ faultLatency }) => of(faultLatency));
}
