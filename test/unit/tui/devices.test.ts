import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/model/snapshot.js';
import type { StorageView } from '../../../src/model/storage-view.js';
import { ASCII_GLYPHS, type Glyphs, UNICODE_GLYPHS } from '../../../src/tui/glyphs.js';
import { deviceLines } from '../../../src/tui/panels/devices.js';
import { INITIAL_VIEW } from '../../../src/tui/state.js';
import { lineColumns, lineText } from '../../../src/tui/styled.js';
import { orderThreads } from '../../../src/tui/thread-order.js';
import { anyStorage, CROWDED_VDA, FAST_VDA, flow, SLOW_VDA, VDA, ZRAM } from '../../support/storage-views.js';
import { diagnosis } from '../../tui/screens/diagnosis-builder.js';
import { snapshot } from '../../tui/screens/snapshot-builder.js';

function draw(
  storage: StorageView | null,
  width: number,
  glyphs: Glyphs = UNICODE_GLYPHS,
  facts: Partial<Snapshot> = {},
) {
  const base = snapshot({ storage, ...facts });
  const ordered = orderThreads(base.threads, INITIAL_VIEW.query);
  const scene = { snapshot: base, diagnosis: diagnosis(), view: INITIAL_VIEW, glyphs, ordered };
  return deviceLines({ ...scene, recordedBytes: null, replay: null }, width);
}

const page = (storage: StorageView | null, width: number, glyphs?: Glyphs): string =>
  draw(storage, width, glyphs)
    .map((line) => lineText(line).trimEnd())
    .join('\n');

const MIXED = flow(1000, 9000, 300_000, {
  queue: { ...flow(1000, 9000, 0).queue, histogram: [{ fromNs: 8192, toNs: 10_240, count: 1000 }] } as never,
  service: {
    ...flow(1000, 0, 300_000).service,
    histogram: [
      { fromNs: 65_536, toNs: 81_920, count: 700 },
      { fromNs: 262_144, toNs: 327_680, count: 250 },
      { fromNs: 4_194_304, toNs: 5_242_880, count: 50 },
    ],
  } as never,
});
const HEALTHY = { device: VDA, name: 'vda', swap: false, flows: [MIXED] };

describe('the page of block devices', () => {
  test('at 80 columns', () => {
    expect(page({ devices: [HEALTHY, ZRAM] }, 80)).toMatchSnapshot();
  });

  test('at 60 columns, in ASCII', () => {
    expect(page({ devices: [SLOW_VDA, ZRAM] }, 60, ASCII_GLYPHS)).toMatchSnapshot();
  });

  test('at 200 columns, with a crowded disk', () => {
    expect(page({ devices: [CROWDED_VDA, ZRAM] }, 200)).toMatchSnapshot();
  });

  test('of swap in memory, which has no queue', () => {
    expect(page({ devices: [ZRAM] }, 80)).toMatchSnapshot();
  });

  test('says what starts the set where it does not run', () => {
    expect(page(null, 80)).toContain('B starts the probe set storage');
  });

  test('says so while no fault has read', () => {
    const others = { ...FAST_VDA, flows: [flow(5, 1000, 1000, { origin: 'others' as const })] };
    const { totals } = snapshot();
    const none = { ...totals, faultLatency: { ...totals.faultLatency, count: 0 } };
    const text = draw({ devices: [others] }, 200, ASCII_GLYPHS, { totals: none })
      .map(lineText)
      .join('\n');
    expect(text).toContain('No page fault of the target has read from a device yet.');
    expect(text).not.toContain('Its faults did wait');
    expect(page({ devices: [others] }, 200)).toContain('Its faults did wait: what a limit of its cgroup holds back');
  });

  test('tells a disk that is fast from faults that are held back before they come to it', () => {
    const { totals } = snapshot();
    const told = (meanNs: number) => {
      const faultWaitNs = meanNs * totals.faultLatency.count;
      const facts = { totals: { ...totals, faultWaitNs } };
      return draw({ devices: [FAST_VDA] }, 400, ASCII_GLYPHS, facts)
        .map(lineText)
        .join('\n');
    };
    expect(told(12.9e6)).toContain('But a fault sleeps for 12.9ms on average: most of it is spent before a read comes');
    expect(told(150_000)).not.toContain('But a fault');
    expect(told(800_000)).not.toContain('But a fault');
  });

  test.each([
    ['failed', 'bpftrace was killed by SIGKILL', /FAILED: the probe set storage: bpftrace was killed by SIGKILL \(B /],
    ['stopped', 'switched off', /the probe set storage is off \(switched off; B starts it\)/],
    ['starting', null, /the probe set storage is starting/],
  ] as const)('with figures of a set that is %s says so, and that they are of before', (state, detail, said) => {
    const probes = [{ set: 'storage' as const, state, variant: null, detail }];
    const text = draw({ devices: [HEALTHY] }, 80, ASCII_GLYPHS, { probes })
      .map(lineText)
      .join('\n');
    expect(text).toMatch(said);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('the figures are of before');
    expect(text).toContain('vda');
  });

  test('of a session that has ended says nothing of its sets', () => {
    const probes = [{ set: 'storage' as const, state: 'stopped' as const, variant: 'tracepoint', detail: null }];
    expect(draw({ devices: [HEALTHY] }, 80, ASCII_GLYPHS, { probes })).toEqual(
      draw({ devices: [HEALTHY] }, 80, ASCII_GLYPHS, {
        probes: [{ ...probes[0], state: 'running' as const }] as never,
      }),
    );
  });

  test('tells slow, crowded and neither by the same words as the findings', () => {
    expect(page({ devices: [SLOW_VDA] }, 80)).toContain('Slow disk:');
    expect(page({ devices: [CROWDED_VDA] }, 80)).toContain('Too many at once:');
    expect(page({ devices: [FAST_VDA] }, 80)).toContain('Neither slow nor crowded:');
  });

  test('is drawn whatever there is, within its width where names allow', () => {
    fc.assert(
      fc.property(anyStorage, fc.constantFrom(60, 80, 200), (storage, width) => {
        for (const line of draw(storage, width)) expect(lineText(line)).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
    for (const width of [60, 80, 200]) {
      for (const line of draw({ devices: [SLOW_VDA, ZRAM] }, width))
        expect(lineColumns(line)).toBeLessThanOrEqual(width);
    }
  });
});
