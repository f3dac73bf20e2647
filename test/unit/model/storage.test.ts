import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf } from '../../../src/model/histogram.js';
import { Storage } from '../../../src/model/storage.js';
import { type DeviceRecord, IO_ORIGINS, type IoCellRecord } from '../../../src/record/storage.js';

const VDA = 254 << 20;
const ZRAM = 253 << 20;
const US = 1000;

/** `count` I/Os of a page, each so long in that stage. */
function cell(ns: number, count: number, more: Partial<IoCellRecord> = {}): IoCellRecord {
  const sums = { bucket: bucketOf(ns), count, totalNs: ns * count, maxNs: ns, bytes: count * 4096 };
  return { kind: 'io-cell', device: VDA, origin: 'fault', write: false, stage: 'service', ...sums, ...more };
}

function device(record: Partial<DeviceRecord> = {}): DeviceRecord {
  return { kind: 'device', atNs: 0n, device: VDA, name: 'vda', swap: false, ...record };
}

function running(...records: readonly (IoCellRecord | DeviceRecord)[]): Storage {
  const storage = new Storage();
  storage.applyState(true);
  for (const record of records) storage.apply(record);
  return storage;
}

describe('block devices', () => {
  test('there is nothing before the set has run', () => {
    expect(new Storage().view()).toBeNull();
    expect(running().view()).toEqual({ devices: [] });
  });

  test('an I/O counts once, though it has a queue and a service time', () => {
    const storage = running(device(), cell(8 * US, 10, { stage: 'queue' }), cell(80 * US, 10));
    const [vda] = storage.view()?.devices ?? [];
    expect(vda).toMatchObject({ name: 'vda', swap: false });
    expect(vda?.flows).toMatchObject([
      {
        origin: 'fault',
        count: 10,
        bytes: 40_960,
        queue: { totalNs: 80 * US, meanNs: 8 * US, latency: { count: 10, maxNs: 8 * US } },
        service: { totalNs: 800 * US, meanNs: 80 * US },
        whole: null,
      },
    ]);
  });

  test('a device without a queue has the whole time alone', () => {
    const storage = running(
      device({ device: ZRAM, name: 'zram0', swap: true }),
      cell(2 * US, 5, { device: ZRAM, stage: 'whole' }),
    );
    expect(storage.view()?.devices).toMatchObject([
      { name: 'zram0', swap: true, flows: [{ count: 5, queue: null, service: null, whole: { meanNs: 2 * US } }] },
    ]);
  });

  test('rates are of the last interval', () => {
    const storage = running(cell(80 * US, 10));
    storage.tick(2);
    expect(storage.view()?.devices[0]?.flows).toMatchObject([{ rateHz: 5, bytesPerSecond: 5 * 4096 }]);
    storage.apply(cell(80 * US, 13));
    storage.tick(1);
    expect(storage.view()?.devices[0]?.flows).toMatchObject([{ count: 13, rateHz: 3, bytesPerSecond: 3 * 4096 }]);
  });

  test('what was counted before the set was started anew stays, and nothing is counted twice', () => {
    const storage = running(cell(80 * US, 10));
    storage.applyState(false);
    storage.applyState(true);
    storage.apply(cell(80 * US, 3));
    storage.apply(cell(80 * US, 4));
    expect(storage.view()?.devices[0]?.flows).toMatchObject([{ count: 14, bytes: 14 * 4096 }]);
  });

  test('those that faults read most from come first, then those that the target uses', () => {
    const others = cell(80 * US, 900, { device: 1, origin: 'others' });
    const own = cell(80 * US, 5, { device: 2, origin: 'target', write: true });
    const view = running(others, own, cell(80 * US, 2, { device: 3 }), cell(80 * US, 7, { device: 4 })).view();
    expect(view?.devices.map((one) => one.device)).toEqual([4, 3, 2, 1]);
  });

  test('swap that is switched on later is known from then on', () => {
    const storage = running(device(), cell(80 * US, 1), device({ swap: true }));
    expect(storage.view()?.devices[0]?.swap).toBe(true);
  });

  test('counts and sums are those of the latest cells, in whatever order they come', () => {
    const anyCell = fc
      .record({
        device: fc.constantFrom(VDA, ZRAM),
        origin: fc.constantFrom(...IO_ORIGINS),
        write: fc.boolean(),
        stage: fc.constantFrom('service' as const, 'whole' as const),
        bucket: fc.nat({ max: 200 }),
      })
      .map((which) => ({ ...cell(1, 1), ...which }));
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 40 }), (cells) => {
        const readings = new Map<string, number>();
        const storage = running();
        for (const one of cells) {
          const { device: number, origin, write, stage, bucket } = one;
          const name = `${number} ${origin} ${write} ${stage} ${bucket}`;
          const count = (readings.get(name) ?? 0) + 1;
          readings.set(name, count);
          storage.apply({ ...one, count, totalNs: count, bytes: count });
        }
        const flows = storage.view()?.devices.flatMap((one) => one.flows) ?? [];
        const all = [...readings.values()].reduce((a, b) => a + b, 0);
        expect(flows.reduce((sum, { count }) => sum + count, 0)).toBe(all);
        expect(flows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(all);
      }),
    );
  });
});
