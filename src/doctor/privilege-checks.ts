import { inInitialNamespace } from '../host/namespace.js';
import { effectiveCapabilities, parseStatus } from '../host/proc-status.js';
import type { Check, DoctorHost } from './check.js';
import { textOf } from './look.js';

/** Bits of capabilities(7), include/uapi/linux/capability.h. */
const CAPABILITY = {
  DAC_OVERRIDE: 1n,
  DAC_READ_SEARCH: 2n,
  SYS_PTRACE: 19n,
  SYS_ADMIN: 21n,
  SYSLOG: 34n,
  PERFMON: 38n,
  BPF: 39n,
  CHECKPOINT_RESTORE: 40n,
} as const;
type Capability = keyof typeof CAPABILITY;

/** What goes where none of them is held; measured by scripts/capabilities.mjs. */
const HELPFUL: readonly { readonly anyOf: readonly [Capability, ...Capability[]]; readonly without: string }[] = [
  { anyOf: ['CHECKPOINT_RESTORE', 'SYS_ADMIN'], without: 'no sizes of mapped files' },
  { anyOf: ['DAC_READ_SEARCH', 'DAC_OVERRIDE'], without: "no names in others' programs" },
  { anyOf: ['SYSLOG'], without: 'stacks fail or lack names' },
];

/** bpftrace runs as user 0 only, and the kernel asks that user for its capabilities, which containers take away. */
export function checkRoot(host: DoctorHost): Check {
  const name = 'root';
  if (host.euid !== 0)
    return { name, status: 'missing', detail: `running as user ${host.euid}`, mend: 'sudo faultscope ...' };
  if (inInitialNamespace('user', `${host.root}/proc`) === false) {
    return { name, status: 'missing', detail: 'root of a user namespace only: run it on the host' };
  }
  const lacking = lackingCapabilities(capabilitiesOf(host));
  if (lacking.length === 0) return { name, status: 'ok', detail: 'user 0, may use BPF and look into processes' };
  return { name, status: 'missing', detail: `user 0 without ${lacking.join(', ')}: run it on the host` };
}

/** One check for each capability that root lacks, and that the main job does without. */
export function checkHelpfulCapabilities(host: DoctorHost): readonly Check[] {
  if (host.euid !== 0) return [];
  const held = capabilitiesOf(host);
  return HELPFUL.filter(({ anyOf }) => !anyOf.some((name) => has(held, name))).map(({ anyOf: [name], without }) => ({
    name,
    status: 'warn',
    detail: `no such capability: ${without}`,
  }));
}

/** Kernel events name processes by their PID in the initial namespace. */
export function checkPidNamespace(host: DoctorHost): Check {
  const name = 'PID namespace';
  const initial = inInitialNamespace('pid', `${host.root}/proc`);
  if (initial === true) return { name, status: 'ok', detail: "the host's" };
  if (initial === null) return { name, status: 'warn', detail: '/proc/self/ns/pid cannot be read' };
  return { name, status: 'missing', detail: "a container's: run on the host or with --pid=host" };
}

function capabilitiesOf(host: DoctorHost): bigint {
  return effectiveCapabilities(parseStatus(textOf(`${host.root}/proc/self/status`) ?? ''));
}

function has(held: bigint, name: Capability): boolean {
  return ((held >> CAPABILITY[name]) & 1n) === 1n;
}

function lackingCapabilities(held: bigint): readonly string[] {
  const lacking: string[] = [];
  if (!has(held, 'SYS_ADMIN') && !(has(held, 'BPF') && has(held, 'PERFMON')))
    lacking.push('CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)');
  if (!has(held, 'SYS_PTRACE')) lacking.push('CAP_SYS_PTRACE');
  return lacking;
}
