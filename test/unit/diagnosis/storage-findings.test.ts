import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Finding } from '../../../src/diagnosis/finding.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { DeviceView } from '../../../src/model/storage-view.js';
import { CROWDED_VDA, FAST_VDA, flow, SLOW_VDA, VDA, ZRAM } from '../../support/storage-views.js';
import { session, swappedMemory, withFaults } from './sessions.js';

/** Threads in faults for most of twenty seconds, with those devices. */
function faulting(...devices: readonly DeviceView[]): Snapshot {
  return withFaults(session(20, { fault: 22, onCpu: 2 }, { storage: { devices } }), 1300);
}

function ofDevices(snapshot: Snapshot): Finding[] {
  return diagnose(snapshot).findings.filter(({ id }) => id === 'slow-disk' || id === 'disk-queue');
}

const named = (name: string, ...flows: DeviceView['flows']): DeviceView => ({ device: VDA, name, swap: false, flows });

describe('a slow disk', () => {
  test('is said with how long it takes, of how many reads', () => {
    const [finding, ...more] = ofDevices(faulting(SLOW_VDA));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ id: 'slow-disk', severity: 'problem', confidence: 'high' });
    expect(finding?.title).toBe('The disk vda answers in 18.0ms (p50 of 1.2k fault reads).');
    expect(finding?.evidence[0]).toContain('in the queue before it they wait 40us on average');
  });

  test('with many I/Os in it at a time may have a queue of its own, and that is said', () => {
    const crowd = flow(10_000, 10_000, 18_000_000, { origin: 'others' });
    const [finding] = ofDevices(faulting(named('vda', flow(1234, 40_000, 18_000_000), crowd)));
    expect(finding?.confidence).toBe('medium');
    expect(finding?.evidence.join(' ')).toContain('10 I/Os are in the device at a time');
  });

  test('is not said of a healthy one, of a few reads, of others, or where faults do not matter', () => {
    expect(ofDevices(faulting(FAST_VDA))).toEqual([]);
    expect(ofDevices(faulting(named('vda', flow(99, 0, 18_000_000))))).toEqual([]);
    expect(ofDevices(faulting(named('vda', flow(5000, 0, 18_000_000, { origin: 'others' }))))).toEqual([]);
    const idle = session(20, { fault: 0.1, onCpu: 5 }, { storage: { devices: [SLOW_VDA] } });
    expect(ofDevices(withFaults(idle, 1300))).toEqual([]);
  });

  test('is said of the disk below a logical volume, which itself has no queue', () => {
    const [reads] = SLOW_VDA.flows;
    const volume = {
      ...named('dm-0', flow(1234, 0, 0, { queue: null, service: null, whole: reads?.service ?? null })),
      device: 1,
    };
    expect(ofDevices(faulting(volume, SLOW_VDA)).map(({ title }) => title)).toEqual([
      'The disk vda answers in 18.0ms (p50 of 1.2k fault reads).',
    ]);
    // One disk of many, or another that few faults read from.
    const stripe = named('vda', flow(500, 40_000, 18_000_000));
    expect(ofDevices(faulting(volume, stripe))).toEqual([]);
  });

  test('is not said of the second device: faults wait for the first', () => {
    expect(ofDevices(faulting(FAST_VDA, { ...SLOW_VDA, name: 'sdb' }))).toEqual([]);
  });

  test('is not said where the set did not run, or where queue and device cannot be told apart', () => {
    expect(ofDevices(withFaults(session(20, { fault: 22, onCpu: 2 }), 1300))).toEqual([]);
    expect(ofDevices(faulting(ZRAM))).toEqual([]);
  });

  test('of a reader of few pages at a time is no slow disk while its median is short', () => {
    const rare = { ...flow(1000, 0, 100_000) };
    const service = { ...rare.service, totalNs: 1000 * 4e6, meanNs: 4e6 };
    expect(ofDevices(faulting(named('vda', { ...rare, service } as typeof rare)))).toEqual([]);
  });
});

describe('a crowded disk', () => {
  test("is said with the wait in its queue, and whose I/O it is; not as a slow one's", () => {
    const [finding, ...more] = ofDevices(faulting(CROWDED_VDA));
    expect(more).toEqual([]);
    expect(finding?.id).toBe('disk-queue');
    expect(finding?.title).toBe(
      "Fault reads wait 12.0ms in the queue of vda before the disk takes them: 95% of its I/O is others'.",
    );
    expect(finding?.remedies[0]).toContain('io.max');
  });

  test('that the target crowds itself is not laid to others', () => {
    const [finding] = ofDevices(faulting(named('vda', flow(5000, 12_000_000, 1_000_000))));
    expect(finding?.title).toContain("0% of its I/O is others'");
    expect(finding?.remedies[0]).toContain('fewer threads that fault');
  });

  test('with a queue that costs next to nothing is not worth a word', () => {
    expect(ofDevices(faulting(named('vda', flow(5000, 90_000, 20_000))))).toEqual([]);
  });
});

describe('swapping in', () => {
  const swapping = (facts: Partial<Snapshot>, totals: Partial<Snapshot['totals']> = {}) => {
    const base = withFaults(session(20, { onCpu: 19, fault: 0.1 }, facts), 4000);
    const snapshot = { ...base, totals: { ...base.totals, majorFaultsNoSleep: 3960, ...totals } };
    return diagnose({ ...snapshot, files: swappedMemory('anonymous', 4000, 0) }).findings;
  };
  const evidenceOf = (findings: readonly Finding[]) =>
    findings.find(({ id }) => id === 'swap-in')?.evidence.join('\n') ?? '';

  test('tells how fast the device was that holds swap', () => {
    const evidence = evidenceOf(swapping({ storage: { devices: [ZRAM] } }));
    expect(evidence).toContain(
      'zram0, which holds swap, answered 2.0k fault reads in 2.1us on average, p99 2.1us; 4.2ms in all.',
    );
    expect(evidence).not.toContain('not measured');
  });

  test('from a disk, tells the wait in its queue and the disk apart', () => {
    const disk = { ...named('vda', flow(500, 3_000_000, 1_000_000)), swap: true };
    expect(evidenceOf(swapping({ storage: { devices: [disk] } }, { majorFaultsNoSleep: 0 }))).toContain(
      'answered 500 fault reads in 4.0ms on average, 3.0ms of it queue; the device itself p99 1.0ms; 2.0s in all.',
    );
  });

  test('from memory says at once that what it costs is in no wait', () => {
    const titleOf = (findings: readonly Finding[]) => findings.find(({ id }) => id === 'swap-in')?.title;
    expect(titleOf(swapping({}))).toBe(
      'Its own memory was swapped out: 100% of its major faults read it back, without a wait: it is CPU time.',
    );
    expect(titleOf(swapping({}, { majorFaultsNoSleep: 40 }))).toMatch(/read it back\.$/);
  });

  test('of memory in memory says that no thread waits, and where its time is measured', () => {
    const evidence = evidenceOf(swapping({}));
    expect(evidence).toContain('99% of its major faults never slept, as from zram');
    expect(evidence).toContain('How long is not measured: --exact (x) and --storage (B) do.');
  });

  test('with exact entry times tells how long a fault takes all in all', () => {
    const exactFaultLatency = { count: 3990, p50Ns: 5200, p90Ns: 7000, p99Ns: 9000, maxNs: 90_000 };
    expect(evidenceOf(swapping({}, { exactFaultLatency }))).toContain(
      'From its entry to its end a major fault takes p50 5.2us, p99 9.0us (4.0k measured).',
    );
  });

  test('so often that it may well be what the program does is not said not to matter', () => {
    const ids = (majorFaultsNoSleep: number) =>
      swapping({}, { majorFaults: 1_000_000, majorFaultRateHz: 50_000, majorFaultsNoSleep }).map(({ id }) => id);
    expect(ids(1_000_000)).not.toContain('faults-do-not-matter');
    expect(ids(100)).toContain('faults-do-not-matter');
  });
});
