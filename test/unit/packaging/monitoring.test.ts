import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { processMetrics } from '../../../src/metrics/session-metrics.js';
import type { CostView } from '../../../src/model/cost-view.js';
import { parseConfig } from '../../../src/serve/config.js';
import { agentMetrics, slotMetrics, targetMetrics } from '../../../src/serve/serve-metrics.js';
import { fullSnapshot } from '../export/snapshots.js';

const packaged = (path: string) => readFileSync(new URL(`../../../packaging/${path}`, import.meta.url), 'utf8');

/** The sort of a panel that asks for something, as far as it is looked at here. */
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string }; readonly overrides: readonly unknown[] };
}

const dashboardText = packaged('grafana/faultscope.json');
const { panels } = JSON.parse(dashboardText) as { readonly panels: readonly Panel[] };

/** Metered, with a budget. */
const COST: CostView = {
  observedNs: 1e9,
  programNs: 1e6,
  metering: 'sampled',
  bpftraceNs: 1e6,
  ownNs: 1e6,
  targetCpuNs: 1e9,
  recent: { total: 0.01, programs: 0.001, bpftrace: 0.004, own: 0.005, target: 1, budget: 0.03 },
  sets: [],
  memory: { ownBytes: 1, bpftraceBytes: 1, kernelBytes: 1 },
  budget: { coreFraction: 0.02, targetFraction: 0.01 },
  pace: 1,
  stopped: [],
  decisions: [],
};

/** Every name that a scrape can give. */
function servedNames(): ReadonlySet<string> {
  const labels = { target: 't', process: '0' };
  const target = { pid: 1, comm: 'c', exe: null, launched: false };
  const families = [
    ...processMetrics({ ...fullSnapshot(), cost: COST }, labels),
    ...slotMetrics(labels, { tracing: true, target, cgroup: null, gaps: 0, untracedNs: 0 }),
    ...targetMetrics('t', { found: 1, leftOut: 0, restarts: 0 }),
    ...agentMetrics({ version: '1', bpftrace: null, cpuNs: 0, residentBytes: 0, reloads: 0, failedReloads: 0 }),
  ];
  return new Set(families.flatMap(({ name, samples }) => samples.map(({ suffix }) => `${name}${suffix}`)));
}

test.each([
  ['the dashboard', dashboardText],
  ['the alerts', packaged('prometheus/faultscope.rules.yml')],
])('%s: asks for nothing but what serve has', (_of, text) => {
  const served = servedNames();
  const asked = [...new Set(text.match(/\bfaultscope_\w+/g))];
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !served.has(name))).toEqual([]);
});

describe('each panel of the dashboard', () => {
  const asking = panels.filter(({ type }) => type !== 'row');

  test('says in words what it shows, and in which unit', () => {
    for (const { title, description, fieldConfig, type } of asking) {
      expect(description, title).toMatch(/\.$/);
      const { unit } = fieldConfig?.defaults ?? {};
      if (type === 'timeseries' || type === 'stat') expect(unit, title).toEqual(expect.any(String));
    }
  });

  test('has a number and a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(taken).size).toBe(taken.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  test('is red where it tells of full stalls, and nowhere else', () => {
    const red = asking.filter(({ fieldConfig }) => /"[\w-]*red[\w-]*"/.test(JSON.stringify(fieldConfig)));
    expect(red.length).toBeGreaterThan(0);
    for (const { title } of red) expect(title).toMatch(/^Full stall/);
  });
});

test.each([
  ['the example', packaged('faultscope.json')],
  ['that of Kubernetes', configMapText()],
])('%s: is a configuration that serve takes', (_of, text) => {
  expect(parseConfig(text, 'serve.json').targets.length).toBeGreaterThan(0);
});

/** What stands in the ConfigMap, without its indentation. */
function configMapText(): string {
  const [, block = ''] = /^ {2}serve\.json: \|\n((?: {4}.*\n)+)/m.exec(packaged('kubernetes/daemonset.yaml')) ?? [];
  return block.replaceAll(/^ {4}/gm, '');
}
