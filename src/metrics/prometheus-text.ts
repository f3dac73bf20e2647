import type { Family } from './family.js';
import { escaped, sampleLine } from './openmetrics.js';

/** How the older format calls the types of OpenMetrics. */
const TYPES: { readonly [type in Family['type']]: string } = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  info: 'gauge',
};

/**
 * Families as text, format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/): for those who do not ask
 * for OpenMetrics. There the suffix of a counter belongs to the family's name.
 */
export function* prometheusText(families: readonly Family[]): Generator<string> {
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    const called = `${name}${{ counter: '_total', info: '_info', gauge: '', histogram: '' }[type]}`;
    yield [
      `# HELP ${called} ${escaped(help)}`,
      `# TYPE ${called} ${TYPES[type]}`,
      ...samples.map((sample) => sampleLine(name, sample)),
      '',
    ].join('\n');
  }
}
