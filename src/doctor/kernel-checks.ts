import { kernelTypesPath } from '../host/kernel-btf.js';
import { parseSchedstat } from '../host/proc-schedstat.js';
import { safeText } from '../text/safe.js';
import type { Check, DoctorHost } from './check.js';
import { isAtLeast, presence, textOf } from './look.js';

export function checkKernel(host: DoctorHost): Check {
  const name = 'kernel';
  const detail = `Linux ${safeText(host.release)}`;
  if (isAtLeast(host.release, 5, 4) !== false) return { name, status: 'ok', detail };
  return { name, status: 'warn', detail: `${detail}: older than 5.4, no BTF` };
}

export function checkArchitecture(host: DoctorHost): Check {
  const name = 'architecture';
  if (host.arch === 'x86_64') return { name, status: 'ok', detail: 'x86_64: waits by system call' };
  return { name, status: 'warn', detail: `${safeText(host.arch)}: waits are told apart less finely` };
}

/** BTF, by which the scripts read task_struct: CONFIG_DEBUG_INFO_BTF, or a file that was made elsewhere. */
export function checkBtf(host: DoctorHost): Check {
  const name = 'kernel types (BTF)';
  const path = kernelTypesPath(host.env);
  if (presence(host.root + path) === 'present') return { name, status: 'ok', detail: safeText(path) };
  const detail = host.env.BPFTRACE_BTF
    ? `no ${safeText(path)}, which BPFTRACE_BTF names`
    : 'none: the kernel needs CONFIG_DEBUG_INFO_BTF';
  return { name, status: 'missing', detail };
}

/** kernel_lockdown(7): confidentiality forbids BPF to read kernel memory. */
export function checkLockdown(host: DoctorHost): Check {
  const name = 'kernel lockdown';
  const mode = /\[(\w+)\]/.exec(textOf(`${host.root}/sys/kernel/security/lockdown`) ?? '')?.[1] ?? null;
  if (mode !== 'confidentiality') return { name, status: 'ok', detail: mode ?? 'not in this kernel' };
  return { name, status: 'missing', detail: 'confidentiality forbids BPF; boot without lockdown=' };
}

/** perf_event_open(2); its paranoia does not hold for root. */
export function checkPerfEvents(host: DoctorHost): Check {
  const name = 'perf events';
  const paranoid = textOf(`${host.root}/proc/sys/kernel/perf_event_paranoid`);
  if (paranoid === null) {
    return { name, status: 'missing', detail: 'none: the kernel needs CONFIG_PERF_EVENTS' };
  }
  return { name, status: 'ok', detail: `software:major-faults; paranoid ${safeText(paranoid.trim())}, not for root` };
}

/** sched_info: /proc/PID/schedstat counts every time a thread is put on a CPU, and we have been. */
export function checkSchedInfo(host: DoctorHost): Check {
  const name = 'schedstat';
  const schedstat = parseSchedstat(textOf(`${host.root}/proc/self/schedstat`) ?? '');
  if (schedstat === null) {
    return { name, status: 'missing', detail: 'none: the kernel needs CONFIG_SCHED_INFO' };
  }
  if (schedstat.timesRun > 0n) return { name, status: 'ok', detail: 'on-CPU and run-queue time by thread' };
  return { name, status: 'warn', detail: 'all zeros: run queue counts as waiting', mend: 'boot with delayacct' };
}

/** setrlimit(2): until 5.11 BPF maps counted as locked memory (bpf: switch to memcg-based memory accounting). */
export function checkLockedMemory(host: DoctorHost): Check {
  const name = 'locked memory';
  if (isAtLeast(host.release, 5, 11) !== false)
    return { name, status: 'ok', detail: 'BPF maps do not count since 5.11' };
  const soft = /^Max locked memory +(\d+|unlimited)/m.exec(textOf(`${host.root}/proc/self/limits`) ?? '')?.[1];
  if (soft === 'unlimited') return { name, status: 'ok', detail: soft };
  return {
    name,
    status: 'warn',
    detail: `limited to ${soft ?? 'an unknown number of'} bytes: BPF maps may not fit`,
    mend: 'ulimit -l unlimited',
  };
}
