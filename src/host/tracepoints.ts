import { existsSync } from 'node:fs';

/** Where tracefs shows itself. */
export const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'] as const;

/** Whether this kernel has a tracepoint, as far as tracefs tells. */
export function hasTracepoint(subsystem: string, event: string): boolean {
  return TRACEFS.some((mount) => existsSync(`${mount}/events/${subsystem}/${event}`));
}
