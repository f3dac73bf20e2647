import type { RuntimeFacts } from '../record/record.js';
import type { WaitKind } from './classify.js';
import type { ThreadView } from './snapshot.js';

/**
 * What a runtime calls a wait. Go: an M in epoll looks for network events for all (runtime/netpoll.go), one on a futex
 * without a P has nothing to run (stopm() in runtime/proc.go), sysmon is the monitor.
 */
export function runtimeWord(
  runtime: RuntimeFacts['kind'] | null,
  role: ThreadView['role'],
  { cause, syscall }: WaitKind,
): string | null {
  if (runtime !== 'go') return null;
  if (role === 'sysmon' && (cause === 'sleep' || cause === 'parked')) return 'sysmon';
  if (cause === 'poll' && syscall?.startsWith('epoll_') === true) return 'netpoll';
  return cause === 'parked' && syscall === 'futex' ? 'idle M' : null;
}
