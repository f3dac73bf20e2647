import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { chainView, wakersView } from '../../support/wakers-view.js';
import { lockingThread, session, withFaults } from './sessions.js';

const threads = Array.from({ length: 8 }, () => lockingThread(7, 2000));
/** A lock convoy of eight threads over ten seconds, with a fault now and then. */
const convoy = (facts: Partial<Snapshot>): Snapshot =>
  withFaults(session(10, { lock: 56, onCpu: 12, fault: 1 }, { threads, ...facts }), 50);
const ids = (snapshot: Snapshot) => diagnose(snapshot).findings.map(({ id }) => id);

describe('locks behind faults', () => {
  const behind = convoy({ wakers: wakersView({ lockWaitNs: 56e9, lockBehindFaultNs: 34.7e9 }) });

  test('are named with their share and chain, in place of a convoy that has no reason', () => {
    const [finding] = diagnose(behind).findings;
    expect(ids(behind)).toEqual(['locks-behind-faults']);
    expect(finding?.title).toBe(
      '62% of its lock waits are for locks whose holder was in a major fault: 3.5 threads at a time.',
    );
    expect(finding?.evidence[0]).toBe(
      "worker-3[4713] waits for reader-1[4712]'s lock, which is in a major fault: 1.2s in 340 waits.",
    );
    expect(finding?.evidence[1]).toBe(
      "waiter[4714] waits for worker-3[4713]'s lock, which waits for reader-1[4712]'s, which is in a major fault: 40.0ms in 1 wait.",
    );
    expect(finding?.remedies[0]).toMatch(/^Do not touch pages of mapped files while holding the lock/);
  });

  test('a convoy whose holders hardly ever fault stays one, and is said to be no matter of faults', () => {
    const plain = convoy({ wakers: wakersView({ lockWaitNs: 56e9, lockBehindFaultNs: 0.2e9 }) });
    expect(ids(plain)).toEqual(['lock']);
    const evidence = diagnose(plain).findings[0]?.evidence ?? [];
    expect(evidence).toContain('Who held the lock was in a major fault for <1% of these waits, or a little more.');
  });

  test('a convoy beside many faults points to the set that would tell, unless it has', () => {
    const faulting = withFaults(session(10, { lock: 56, onCpu: 12, fault: 9 }, { threads }), 5000);
    const remedies = (snapshot: Snapshot) =>
      diagnose(snapshot)
        .findings.filter(({ id }) => id === 'lock')
        .flatMap((finding) => finding.remedies)
        .join();
    expect(remedies(faulting)).toContain('--wakers tells');
    const told = wakersView({ lockWaitNs: 56e9, lockBehindFaultNs: 0 });
    expect(remedies({ ...faulting, wakers: told })).not.toContain('--wakers');
  });

  test.each([
    ['next to no time', { lockWaitNs: 0.9e9, lockBehindFaultNs: 0.8e9, chains: [chainView({ overlapNs: 0.8e9 })] }],
    ['no lock wait at all', { lockWaitNs: 0, lockBehindFaultNs: 0, chains: [] }],
    ['Go', { chainsTold: false, lockWaitNs: 56e9, lockBehindFaultNs: 0, chains: [] }],
  ])('are no finding with %s', (_what, facts) => {
    const calm = session(10, { poll: 70, onCpu: 8, lock: 0.1, fault: 0.1 }, { wakers: wakersView(facts) });
    expect(ids(calm)).toEqual([]);
  });
});
