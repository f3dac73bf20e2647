/** Not used by any script itself. */
const PACKED = '@scalar';

/**
 * bpftrace 0.17 makes of each single number a map with as many entries as the largest one has, all allocated at once: 2.6 MB, twenty
 * times in the main set alone. 0.23 makes them with one entry; those in between were not looked at.
 */
export function wastesScalars(bpftraceVersion: string | null): boolean {
  return bpftraceVersion !== null && /^0\.(1\d|2[0-2])\./.test(bpftraceVersion);
}

/**
 * Puts the single numbers of a script (`@tick = (uint64)0;`, never indexed) into one map, by number. Scripts clear them in END
 * alone.
 */
export function packScalars(script: string): string {
  const assigned = [...script.matchAll(/(@\w+) = \(uint64\)/g)].map(([, name = '']) => name);
  const scalars = [...new Set(assigned)].filter((name) => !script.includes(`${name}[`));
  if (scalars.length === 0) return script;
  const clearing = new RegExp(`clear\\((${scalars.join('|')})\\);`, 'g');
  let isCleared = false;
  const once = script.replace(clearing, () => {
    const text = isCleared ? '' : `clear(${PACKED});`;
    isCleared = true;
    return text;
  });
  return once.replace(/@\w+/g, (name) => {
    const index = scalars.indexOf(name);
    return index === -1 ? name : `${PACKED}[(uint64)${index}]`;
  });
}
