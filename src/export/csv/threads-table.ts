import { CAUSES } from '../../model/cause.js';
import type { Distribution, ThreadView, TimeSplit } from '../../model/snapshot.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { UNLISTED_THREADS, unlistedThreads } from '../unlisted-threads.js';
import { type Cell, type Column, csvPieces } from './csv-text.js';

/** A thread, or all those together that have no row any more. */
interface Row {
  readonly threads: number;
  readonly name: string | null;
  readonly majorFaults: number;
  readonly majorFaultsNoSleep: number;
  readonly time: TimeSplit;
  readonly listed: ThreadView | null;
}

const COLUMNS: readonly Column<Row>[] = [
  thread('tid', ({ tid }) => tid),
  { name: 'thread', of: ({ name }) => name },
  thread('alive', ({ alive }) => alive),
  { name: 'threads', of: ({ threads }) => threads },
  thread('lifetime_ns', ({ lifetimeNs }) => lifetimeNs),
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
  thread('residue_ns', ({ residueNs }) => residueNs),
];

/** A row a thread; those that have lost their rows share the last one. The columns add up to the summary's totals. */
export function renderThreadsTable(session: ExportedSession): ExportPieces {
  const { snapshot } = session.end();
  const rows: Row[] = snapshot.threads.map((view) => ({ ...view, threads: 1, listed: view }));
  const rest = unlistedThreads(snapshot);
  if (rest.threads > 0) rows.push({ ...rest, name: UNLISTED_THREADS, listed: null });
  return csvPieces(COLUMNS, rows);
}

function thread(name: string, of: (view: ThreadView) => Cell): Column<Row> {
  return { name, of: ({ listed }) => (listed === null ? null : of(listed)) };
}

function latency(name: string, of: (distribution: Distribution) => number | null): Column<Row> {
  return thread(name, ({ faultLatency }) => of(faultLatency));
}
