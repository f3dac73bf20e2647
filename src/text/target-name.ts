/** A process as its name and PID, e.g. "postgres[1234]"; of a container also its PID there: "postgres[1234, 7 inside]". */
export function targetName(target: {
  readonly comm: string;
  readonly pid: number;
  readonly pidInNamespace?: number;
}): string {
  const { comm, pid, pidInNamespace } = target;
  return pidInNamespace === undefined ? `${comm}[${pid}]` : `${comm}[${pid}, ${pidInNamespace} inside]`;
}
