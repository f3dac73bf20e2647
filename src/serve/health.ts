import { safeText } from '../text/safe.js';
import type { TargetStatus } from './target.js';

/** `failing` where a process is there that cannot be traced; a target that is not running is no failure of ours. */
export interface Health {
  readonly status: 'ok' | 'failing';
  readonly targets: readonly TargetStatus[];
}

/** What the targets' states come to. */
export function healthOf(targets: readonly TargetStatus[]): Health {
  const failing = targets.some(({ processes }) => processes.some(({ state }) => state === 'failing'));
  const safe = targets.map(({ processes, ...target }) => ({
    ...target,
    processes: processes.map(({ detail, ...slot }) => ({ ...slot, detail: detail === null ? null : safeText(detail) })),
  }));
  return { status: failing ? 'failing' : 'ok', targets: safe };
}
