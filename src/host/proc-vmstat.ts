/** One counter of /proc/vmstat, e.g. pgfault (every page fault on the host); null where the kernel does not keep it. */
export function parseVmstat(text: string, counter: string): number | null {
  const found = new RegExp(`^${counter} (\\d+)$`, 'm').exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
