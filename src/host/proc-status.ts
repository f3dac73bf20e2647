/** Fields of /proc/PID/status by name (proc_pid_status(5)); Name is escaped there by the kernel, so a line is a field. */
export type Status = ReadonlyMap<string, string>;

/** Splits "Key:\tvalue" lines; lines of another shape are left out. */
export function parseStatus(text: string): Status {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** A decimal field; null where it is absent or not a number. */
export function statusNumber(status: Status, key: string): number | null {
  const value = status.get(key);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

/** CapEff as a bit set; 0 where it is absent. */
export function effectiveCapabilities(status: Status): bigint {
  const value = status.get('CapEff');
  return value !== undefined && /^[0-9a-f]+$/.test(value) ? BigInt(`0x${value}`) : 0n;
}
