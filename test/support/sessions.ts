import type { Diagnosis } from '../../src/diagnosis/finding.js';
import { type ExportedSession, RecordedSession } from '../../src/export/exported-session.js';
import { renderHtml } from '../../src/export/html/render-html.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { FaultscopeRecord, SessionRecord } from '../../src/record/record.js';
import { recordedCauses } from './recorded-causes.js';

/** Records in batches that each end with a tick, as recordings give them. */
function sessionOf(records: readonly FaultscopeRecord[]): RecordedSession {
  const [session] = records;
  if (session?.kind !== 'session') throw new Error('no session record');
  const batches: FaultscopeRecord[][] = [[]];
  for (const record of records) {
    batches.at(-1)?.push(record);
    if (record.kind === 'tick') batches.push([]);
  }
  return new RecordedSession(session, () => batches);
}

/** The real session of test/fixtures/session. */
export function causesSession(): RecordedSession {
  return sessionOf(recordedCauses());
}

/** Comes to what is given, whatever it played. */
export function endingAs(snapshot: Snapshot, diagnosis: Diagnosis, played?: ExportedSession): ExportedSession {
  return { moments: () => played?.moments() ?? [], end: () => ({ snapshot, diagnosis }) };
}

/** The whole page. */
export function pageOf(session: ExportedSession): string {
  const decoder = new TextDecoder();
  return Array.from(renderHtml(session), (piece) => (typeof piece === 'string' ? piece : decoder.decode(piece))).join(
    '',
  );
}

const STEP_NS = 500_000_000n;

/** Threads that each run for a part of every half second, and wait for a CPU for another. */
export function manyThreads(threads: number, ticks: number, session: SessionRecord): RecordedSession {
  const records: FaultscopeRecord[] = [session];
  for (let tick = 0n; tick < ticks; tick += 1n) {
    const atNs = session.atNs + tick * STEP_NS;
    if (tick === 0n) {
      records.push({ kind: 'probe', atNs, set: 'threads', state: 'running', variant: null, detail: null });
    }
    for (let tid = 1; tid <= threads; tid += 1) {
      if (tick === 0n) records.push({ kind: 'thread', atNs, tid, startTicks: tid, name: `worker-${tid}` });
      const run = BigInt((tid * 7 + Number(tick) * 13) % 100) * 2_000_000n;
      records.push({
        ...{ kind: 'sample', atNs, tid, startTicks: tid, state: 'R', majorFaults: 0, minorFaults: 0 },
        onCpuNs: tick * 200_000_000n + run,
        runQueueNs: tick * 200_000_000n,
      });
    }
    records.push({ kind: 'tick', atNs });
  }
  return sessionOf(records);
}
