import { expect, test } from 'vitest';
import { openMetrics } from '../../../src/metrics/openmetrics.js';
import { prometheusText } from '../../../src/metrics/prometheus-text.js';
import { sessionMetrics } from '../../../src/metrics/session-metrics.js';
import { recordedSession } from '../../support/exported.js';
import { python } from '../../support/python.js';
import { realRecords } from '../export/sessions.js';

const PARSE = `import json, sys
from prometheus_client.parser import text_string_to_metric_families as plain
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_
def samples(families): return sorted([s.name, sorted(s.labels.items()), s.value] for f in families for s in f.samples)
text, opened = json.load(sys.stdin)
json.dump([samples(plain(text)), samples(open_(opened))], sys.stdout)`;

test('who does not ask for OpenMetrics gets the same samples under the same names', () => {
  const families = sessionMetrics(recordedSession(realRecords()).end().snapshot);
  const text = [...prometheusText(families)].join('');
  const [plain, open] = python(PARSE, JSON.stringify([text, [...openMetrics(families)].join('')])) as unknown[][];
  expect(plain?.length).toBeGreaterThan(50);
  const numeric = (le: string) => (le === '+Inf' ? le : String(Number(le)));
  const same = (samples: unknown) =>
    JSON.stringify(samples).replace(/\["le", "([^"]+)"\]/g, (_, le: string) => numeric(le));
  expect(same(plain)).toBe(same(open));
});
