import type { Family } from './family.js';

/** Families of several sources, those of one name made one: OpenMetrics wants each name once. */
export function mergeFamilies(families: Iterable<Family>): Family[] {
  const merged = new Map<string, Family>();
  for (const family of families) {
    const known = merged.get(family.name);
    merged.set(
      family.name,
      known === undefined ? family : { ...known, samples: [...known.samples, ...family.samples] },
    );
  }
  return [...merged.values()];
}
