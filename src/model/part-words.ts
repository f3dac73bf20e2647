import type { TimePart } from './cause.js';

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
