import type { Family, Labels, Sample } from './family.js';

/**
 * Families as text, OpenMetrics 1.0
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). Families of one name must be one.
 */
export function* openMetrics(families: readonly Family[]): Generator<string> {
  for (const family of families) if (family.samples.length > 0) yield familyText(family);
  yield '# EOF\n';
}

function familyText({ name, type, unit, help, samples }: Family): string {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === null ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map((sample) => sampleLine(name, sample)),
    '',
  ].join('\n');
}

/** Of a family of that name. */
export function sampleLine(name: string, { suffix, labels, value }: Sample): string {
  return `${name}${suffix}${labelText(labels)} ${value}`;
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** What the formats cannot have in a text as it is. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
