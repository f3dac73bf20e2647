import type { TimePart } from '../model/cause.js';
import { PART_WORDS } from '../model/part-words.js';
import type { ThreadNow, ThreadView } from '../model/snapshot.js';

/** What a thread is doing in words, the runtime's own where it has one; the longest needs `now`'s syscall and the time it has lasted. */
export function nowText(now: ThreadNow, width: number): string {
  if (now.doing !== 'waiting') return NOW_WORDS[now.doing];
  const word = now.runtimeWord ?? PART_WORDS[now.cause].name;
  const since = now.forNs === null || now.forNs < 1e9 ? '' : ` ${coarse(now.forNs)}`;
  const syscall = now.syscall === null ? '' : ` ${now.syscall}`;
  const texts = [word + syscall + since, word + since, word];
  return texts.find((text) => text.length <= width) ?? word;
}

const NOW_WORDS = { running: 'running', 'run-queue': 'run queue', ended: 'ended', unknown: '-' } as const;

/** The tone of {@link nowText}. */
export function nowPart(now: ThreadNow): TimePart | null {
  if (now.doing === 'waiting') return now.cause;
  if (now.doing === 'running') return 'onCpu';
  return now.doing === 'run-queue' ? 'runQueue' : null;
}

/** A thread's name as views show it; null stands for one that ended before it was read. */
export function threadName({ name }: Pick<ThreadView, 'name'>): string {
  return name ?? '-';
}

/** Whole seconds, minutes, hours or days in at most three columns: how long it has been stuck, not how exactly. */
function coarse(durationNs: number): string {
  const seconds = Math.floor(durationNs / 1e9);
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 360_000) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
