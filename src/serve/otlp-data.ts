import { type HrTime, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Family, Labels, Sample } from '../metrics/family.js';

/** From when the counters count, and when they were read. */
export interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** UCUM, as OpenTelemetry writes units. */
const UNITS = { seconds: 's', ratio: '1' } as const;

/** Families as the OpenTelemetry SDK exports them, under the same names. */
export function otlpData(families: readonly Family[], span: Span): MetricData[] {
  return families.filter(({ samples }) => samples.length > 0).map((family) => metricOf(family, span));
}

function metricOf(family: Family, span: Span): MetricData {
  const { name, help: description, unit, type, samples } = family;
  const common = {
    descriptor: { name, description, unit: unit === null ? '' : UNITS[unit], valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (type === 'histogram') {
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histogramsOf(samples, span) };
  }
  const dataPoints = samples.map(({ labels, value }) => ({ ...span, attributes: labels, value }));
  return type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

interface HistogramPoint {
  readonly attributes: Labels;
  readonly buckets: Sample[];
  sum: number;
  count: number;
}

/** Buckets of the text formats count all that is below their bound; these what is between two. */
function histogramsOf(samples: readonly Sample[], span: Span) {
  const points = new Map<string, HistogramPoint>();
  for (const sample of samples) {
    const { le, ...attributes } = sample.labels;
    const key = JSON.stringify(attributes);
    const point = points.get(key) ?? { attributes, buckets: [], sum: 0, count: 0 };
    points.set(key, point);
    if (sample.suffix === '_sum') point.sum = sample.value;
    else if (sample.suffix === '_count') point.count = sample.value;
    else if (le !== undefined && le !== '+Inf') point.buckets.push(sample);
  }
  return Array.from(points.values(), ({ attributes, buckets, sum, count }) => {
    const sums = [...buckets.map(({ value }) => value), count];
    const counts = sums.map((value, index) => value - (sums[index - 1] ?? 0));
    const boundaries = buckets.map(({ labels }) => Number(labels.le));
    return { ...span, attributes, value: { buckets: { boundaries, counts }, sum, count } };
  });
}
