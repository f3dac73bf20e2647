import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Finding } from '../../../src/diagnosis/finding.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { DeviceView } from '../../../src/model/storage-view.js';
import { CROWDED_VDA, FAST_VDA, flow, SLOW_VDA, VDA, ZRAM } from '../../support/storage-views.js';
import { file, session, withFaults } from './sessions.js';

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

test('swapping in tells how fast the device was that holds swap', () => {
  const swapping = { ...faulting(ZRAM), mappings: [file({ of: 'heap', path: '[heap]', majorFaults: 4000 })] };
  const finding = diagnose(swapping).findings.find(({ id }) => id === 'swap-in');
  expect(finding?.evidence.join('\n')).toContain(
    'zram0, which holds swap, answered 2.0k fault reads in 2.1us on average, p99 2.1us.',
  );
});
