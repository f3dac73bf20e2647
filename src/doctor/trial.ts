import { execa } from 'execa';
import { CLEAN_ENVIRONMENT } from '../host/child-environment.js';
import { safeText } from '../text/safe.js';
import type { Check } from './check.js';

/** The smallest program that needs what the main job needs: both events and a field of task_struct. */
const PROGRAM = `
software:major-faults:1 { @ = 1; }
tracepoint:sched:sched_switch { @ = curtask->tgid; exit(); }
END { clear(@); printf("works\\n"); }
`;

const TIMEOUT_MS = 20_000;

/** Tracing for real, for a fraction of a second: what no file tells (a seccomp filter, a broken package) shows here. */
export async function tryTracing(bpftrace: string): Promise<Check> {
  const name = 'trial run';
  const result = await execa(bpftrace, ['-e', PROGRAM], {
    ...CLEAN_ENVIRONMENT,
    stdin: 'ignore',
    reject: false,
    timeout: TIMEOUT_MS,
    maxBuffer: 65_536,
  });
  if (/^works$/m.test(result.stdout)) return { name, status: 'ok', detail: 'attached, and saw a context switch' };
  if (result.timedOut) return { name, status: 'missing', detail: `bpftrace did not end within ${TIMEOUT_MS / 1000} s` };
  return { name, status: 'missing', detail: `bpftrace: ${complaint(result.stderr)}` };
}

/** The last line that says what went wrong; the warning about locked memory is harmless and comes first. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('RLIMIT_MEMLOCK'));
  return safeText(lines.find((line) => line.includes('ERROR')) ?? lines.at(-1) ?? 'it said nothing').slice(0, 200);
}
