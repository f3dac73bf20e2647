/** Who looks, and where; tests give a /proc of their own. */
export interface Observer {
  readonly procRoot: string;
  readonly pid: number;
  /** Effective user; tracing needs 0. */
  readonly euid: number;
}

export function thisProcess(): Observer {
  return { procRoot: '/proc', pid: process.pid, euid: process.geteuid?.() ?? -1 };
}
