import type { TimePart } from '../model/cause.js';
import type { ThreadNow, ThreadView } from '../model/snapshot.js';

/** Every part of a thread's time in the order views list them: what hurts first, idleness last. */
export const PART_ORDER: readonly TimePart[] = [
  'fault',
  'fault-other',
  'onCpu',
  'runQueue',
  'disk',
  'lock',
  'net',
  'other',
  'stopped',
  'stolen',
  'poll',
  'sleep',
  'parked',
];

interface PartWords {
  /** At most 11 columns. */
  readonly name: string;
  /** The one letter that stands for it in the stacked chart. */
  readonly letter: string;
  readonly meaning: string;
}

export const PART_WORDS: Readonly<Record<TimePart, PartWords>> = {
  fault: { name: 'fault', letter: 'F', meaning: 'blocked in a major page fault: the page had to be read' },
  'fault-other': {
    name: 'fault-other',
    letter: 'f',
    meaning: 'blocked in a fault that was not major: mmap_lock, reclaim, throttling',
  },
  onCpu: { name: 'on-CPU', letter: 'c', meaning: 'running' },
  runQueue: { name: 'run queue', letter: 'q', meaning: 'runnable, waiting for a CPU' },
  disk: { name: 'disk', letter: 'd', meaning: 'block I/O in a system call: read, fsync' },
  lock: { name: 'lock', letter: 'l', meaning: 'futex: a mutex held by another thread' },
  net: { name: 'net', letter: 'n', meaning: 'a socket' },
  other: { name: 'other', letter: 'o', meaning: 'any other system call' },
  stopped: { name: 'stopped', letter: 's', meaning: 'stopped by a signal or a debugger' },
  stolen: { name: 'stolen', letter: 't', meaning: 'taken by interrupts or the hypervisor while runnable' },
  poll: { name: 'poll', letter: 'p', meaning: 'epoll, poll, select: usually idle' },
  sleep: { name: 'sleep', letter: 'z', meaning: 'sleeping of its own will: idle' },
  parked: { name: 'parked', letter: 'k', meaning: 'a pool thread with nothing to do: idle' },
};

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
