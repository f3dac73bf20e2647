import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportedSession } from '../../../src/export/exported-session.js';
import { renderPerfetto } from '../../../src/export/perfetto/render.js';
import { renderPprof } from '../../../src/export/pprof/render.js';
import { renderSpeedscope } from '../../../src/export/speedscope/render.js';
import { CAUSES } from '../../../src/model/cause.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { bytesOf, recordedSession } from '../../support/exported.js';
import { readTrace } from '../../support/perfetto-trace.js';
import { openInSpeedscope } from '../../support/speedscope-importer.js';
import { type GoVersion, go } from '../support/go.js';
import { RecordedSession } from '../support/recorded-session.js';
import { withSlowGoread } from '../support/slow-goread.js';
import { until } from '../support/until.js';

/** Goroutines of three functions that read a known number of pages each, observed with stacks. */
async function observed(): Promise<ExportedSession> {
  return withSlowGoread(4, 2, ['-known', '20', '-seconds', '4'], async (workload) => {
    const session = new RecordedSession(workload.pid, { sets: ['stacks'] });
    await session.start();
    await until('stacks to be attached', () => session.hasRun('stacks'));
    workload.go();
    await workload.events('result', 1);
    await session.stop();
    return recordedSession(session.records);
  });
}

/** Later ones build it first, which takes minutes where the CPUs are busy. */
const WITH_PPROF: readonly GoVersion[] = ['1.19', '1.24'];

/** As a regular expression of Go. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('a Go program with stacks', () => {
  let directory: string;
  let file: string;
  let session: ExportedSession;
  let snapshot: Snapshot;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'faultscope-exports-'));
    file = join(directory, 'goread.pb.gz');
    session = await observed();
    ({ snapshot } = session.end());
    writeFileSync(file, bytesOf(renderPprof(session)));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** "Total samples = 120" of a type, as pprof prints it. */
  const totalOf = (type: string, unit: string) => {
    const top = go('1.24', 'tool', 'pprof', '-top', `-unit=${unit}`, `-sample_index=${type}`, file);
    return Number(/Total samples = ([\d.]+)/.exec(top)?.[1]);
  };

  test.each(WITH_PPROF)('is read by pprof of Go %s', (version) => {
    const top = go(version, 'tool', 'pprof', '-top', '-sample_index=major_faults', file);
    expect(top).toContain('Type: major_faults');
    expect(top).toMatch(/ main\.\S*/);
    expect(go(version, 'tool', 'pprof', '-raw', file)).toContain('fault_wait/nanoseconds[dflt]');
  });

  test('has the totals of the summary in pprof', () => {
    const { totals } = snapshot;
    expect(totals.majorFaults).toBeGreaterThan(100);
    expect(totalOf('major_faults', 'count')).toBe(totals.majorFaults);
    expect(totalOf('fault_wait', 'ns')).toBe(totals.faultWaitNs);
    expect(totalOf('off_cpu', 'ns')).toBe(CAUSES.reduce((sum, cause) => sum + totals.time[cause], 0));
    expect(totalOf('goroutine_major_faults', 'count')).toBe(totals.majorFaults);
  });

  test('has nearly all faults on stacks, each below the function that its goroutine began with', () => {
    const starts = snapshot.goroutines?.functions.filter(({ majorFaults }) => majorFaults > 10) ?? [];
    expect(starts.length).toBeGreaterThan(2);
    for (const { start, majorFaults } of starts) {
      const focused = go(
        '1.24',
        'tool',
        'pprof',
        '-top',
        '-sample_index=major_faults',
        `-tagfocus=goroutine=^${literal(start ?? '')}$`,
        file,
      );
      const found = Number(/Showing nodes accounting for (\d+)/.exec(focused)?.[1]);
      expect(found / majorFaults, start ?? '').toBeGreaterThan(0.95);
      expect(found).toBeLessThanOrEqual(majorFaults);
    }
  });

  test('has its threads, causes and goroutines as tags', () => {
    const tags = go('1.24', 'tool', 'pprof', '-tags', '-sample_index=off_cpu', file);
    for (const tag of ['cause:', 'thread:', 'tid:', 'goroutine:']) expect(tags).toContain(` ${tag} Total`);
    for (const { tid, time } of snapshot.threads) if (time.parked > 0) expect(tags).toContain(String(tid));
  });

  test('is a trace that Perfetto can read, its single faults one after the other on each thread', () => {
    const trace = readTrace(bytesOf(renderPerfetto(session)));
    const faults = trace.slices.filter(({ category }) => category === 'major fault');
    const weights = faults.reduce((sum, { args }) => sum + Number(args['stands for faults']), 0);
    expect(weights / snapshot.totals.majorFaults).toBeGreaterThan(0.9);
    expect(new Set(faults.map(({ args }) => args['goroutine status']))).toEqual(new Set(['running, holds a P']));
    const busy = trace.slices.reduce((sum, { args }) => sum + Number(args['major faults'] ?? 0), 0);
    expect(busy).toBe(snapshot.totals.majorFaults);
  });

  test('opens in speedscope with the totals of its stacks', async () => {
    const group = await openInSpeedscope(bytesOf(renderSpeedscope(session)).toString());
    const profiles = new Map(group?.profiles.map((profile) => [profile.getName(), profile.getTotalWeight()]));
    expect(profiles.get('stacks: major faults, count')).toBe(snapshot.stacks?.faults.count);
    expect(profiles.get('stacks: major faults, latency')).toBe(snapshot.stacks?.faults.totalNs);
  });
});
