import { inInitialNamespace } from '../host/namespace.js';
import { effectiveCapabilities, parseStatus } from '../host/proc-status.js';
import type { Check, DoctorHost } from './check.js';
import { textOf } from './look.js';

/** Bits of capabilities(7), include/uapi/linux/capability.h. */
const CAPABILITY = { SYS_PTRACE: 19n, SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const;

/** bpftrace runs as user 0 only, and the kernel asks that user for its capabilities, which containers take away. */
export function checkRoot(host: DoctorHost): Check {
  const name = 'root';
  if (host.euid !== 0)
    return { name, status: 'missing', detail: `running as user ${host.euid}`, mend: 'sudo faultscope ...' };
  if (inInitialNamespace('user', `${host.root}/proc`) === false) {
    return { name, status: 'missing', detail: 'root of a user namespace only: run it on the host' };
  }
  const lacking = lackingCapabilities(
    effectiveCapabilities(parseStatus(textOf(`${host.root}/proc/self/status`) ?? '')),
  );
  if (lacking.length === 0) return { name, status: 'ok', detail: 'user 0, may use BPF and look into processes' };
  return { name, status: 'missing', detail: `user 0 without ${lacking.join(', ')}: run it on the host` };
}

/** Kernel events name processes by their PID in the initial namespace. */
export function checkPidNamespace(host: DoctorHost): Check {
  const name = 'PID namespace';
  const initial = inInitialNamespace('pid', `${host.root}/proc`);
  if (initial === true) return { name, status: 'ok', detail: "the host's" };
  if (initial === null) return { name, status: 'warn', detail: '/proc/self/ns/pid cannot be read' };
  return { name, status: 'missing', detail: "a container's: run on the host or with --pid=host" };
}

function lackingCapabilities(effective: bigint): readonly string[] {
  const has = (name: keyof typeof CAPABILITY): boolean => ((effective >> CAPABILITY[name]) & 1n) === 1n;
  const lacking: string[] = [];
  if (!has('SYS_ADMIN') && !(has('BPF') && has('PERFMON'))) lacking.push('CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)');
  if (!has('SYS_PTRACE')) lacking.push('CAP_SYS_PTRACE');
  return lacking;
}
