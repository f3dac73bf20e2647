import { writeFileSync } from 'node:fs';

/** What the kernel gives every process (init/init_task.c). */
const DEFAULT_NS = 50_000;

/**
 * Tells a script how many times more rarely it is to print its maps: in the last two digits of bpftrace's own timer slack, which means
 * nothing to it (bpf/threads.bt). Returns false where that is not allowed (CAP_SYS_NICE), or bpftrace is gone.
 */
export function tellPace(pid: number, pace: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/timerslack_ns`, String(DEFAULT_NS + pace));
    return true;
  } catch {
    return false;
  }
}
