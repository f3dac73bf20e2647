import type { HostFacts } from '../record/record.js';
import { type KernelRuntime, runtimePatches } from './runtime-patches.js';
import type { ScriptPatch } from './script.js';

/** One way of running a script: which parts of the script are replaced, and what to call that. */
export interface Variant {
  /** Shown to the user, e.g. "raw tracepoint, x86-64 registers". */
  readonly name: string;
  /** How the cause of a wait is read: a layout that proves wrong rules out the variants that share it. */
  readonly registers: string;
  readonly patches: readonly ScriptPatch[];
}

interface SwitchProbe {
  readonly name: string;
  readonly patches: readonly ScriptPatch[];
}

/**
 * The raw tracepoint spares building the perf record: half the price on every switch of the host. Its arguments are
 * (bool preempt, prev, next, unsigned int prev_state) from Linux 5.18 on (include/trace/events/sched.h).
 */
const RAW: SwitchProbe = {
  name: 'raw tracepoint',
  patches: [
    {
      block: 'switch',
      text: `rawtracepoint:sched_switch /curtask->tgid == $1/ {
  $state = (uint64)arg3;
  if ((uint64)arg0 != 0) { $state = (uint64)0; }
  $dead = $state & 0x80;
`,
    },
  ],
};

/** As the script stands: the state is read from the task. */
const TRACEPOINT: SwitchProbe = { name: 'tracepoint', patches: [] };

/**
 * Before Linux 5.14 task_struct has no `__state`. The tracepoint's own field serves as well (TASK_DEAD shows as EXIT_DEAD
 * or EXIT_ZOMBIE in it), but makes older bpftrace take a second longer to compile.
 */
const TRACEPOINT_ARGS: SwitchProbe = {
  name: 'tracepoint, its own state field',
  patches: [
    {
      block: 'switch',
      text: `tracepoint:sched:sched_switch /curtask->tgid == $1/ {
  $state = (uint64)args->prev_state;
  $dead = $state & 0x30;
`,
    },
  ],
};

const X86_64 = { name: 'x86-64 registers', patches: [] };

/** TOP_OF_KERNEL_STACK_PADDING is 16 with CONFIG_X86_FRED (arch/x86/include/asm/thread_info.h). */
const X86_64_FRED = {
  name: 'x86-64 registers, FRED stack',
  patches: ['layout', 'registers'].map((block) => ({ block, from: '16384 - 168', to: '16384 - 168 - 16' })),
};

/** What arm64 and riscv call the instruction pointer. */
const PC: ScriptPatch = { block: 'instruction', text: '  $ip = (uint64)reg("pc");\n' };

/** No saved registers: only the scheduler's state, and whether a wait ended in a major fault, are known. */
function withoutRegisters(arch: string): { name: string; patches: readonly ScriptPatch[] } {
  const patches: ScriptPatch[] = [
    { block: 'layout', text: '  printf("A %llu 1\\n", (uint64)nsecs);\n' },
    { block: 'registers', text: '  $nr = (uint64)0x3fe;\n  $sub = (uint64)0;\n' },
    // Which waits are in a page fault cannot be told: there is no level.
    { block: 'sampler', from: '$5 != 0', to: '0 != 0' },
  ];
  if (arch !== 'x86_64') patches.push(PC);
  return { name: 'no registers: causes other than faults unknown', patches };
}

/** In the order to try them: best first. */
export function threadsVariants({ arch, kernel, bpftrace }: HostFacts, runtime: KernelRuntime): Variant[] {
  const switches = rawIsWorthTrying(kernel, bpftrace)
    ? [RAW, TRACEPOINT, TRACEPOINT_ARGS]
    : [TRACEPOINT, TRACEPOINT_ARGS];
  const layouts = arch === 'x86_64' ? [X86_64, X86_64_FRED, withoutRegisters(arch)] : [withoutRegisters(arch)];
  return layouts.flatMap((layout) =>
    switches.map((probe) => ({
      name: `${probe.name}, ${layout.name}`,
      registers: layout.name,
      patches: [...probe.patches, ...layout.patches, ...runtimePatches(runtime)],
    })),
  );
}

/**
 * bpf/stacks.bt. Bare addresses where bpftrace prints them (`raw`, unknown to 0.17), else with what it takes for their
 * names behind.
 */
export function stacksVariants(host: HostFacts, runtime: KernelRuntime): Variant[] {
  const parked = runtimePatches(runtime).filter(({ block }) => block === 'parked');
  return threadsVariants(host, { kind: 'native' }).flatMap(({ name, registers, patches }) => {
    const variant = { name, registers, patches: [...patches.filter(({ block }) => block !== 'sampler'), ...parked] };
    const named = { ...variant, patches: [...variant.patches, ...STACKS_WITH_NAMES] };
    return host.bpftrace?.startsWith('0.17.') === true ? [named] : [variant, named];
  });
}

const STACKS_WITH_NAMES: readonly ScriptPatch[] = [
  { block: 'types', from: 'ustack(raw', to: 'ustack(perf' },
  { block: 'types', from: 'kstack(raw', to: 'kstack(perf' },
  ...['waiter', 'kernel', 'faulter'].map((block) => ({ block, from: 'raw', to: 'perf' })),
];

/** bpf/entry.bt needs the instruction pointer alone. */
export function entryVariants(arch: string): Variant[] {
  const patches = arch === 'x86_64' ? [] : [PC];
  return [{ name: 'exceptions:page_fault_user', registers: arch, patches }];
}

/** bpf/requests.bt; `ports` are listened on when it starts. A kernel with unix sockets as a module has no type for them. */
export function requestsVariants(ports: readonly number[]): Variant[] {
  const rows = ports.map((port) => `  @port[(uint64)${port}] = (uint64)1;\n`);
  const listening: ScriptPatch = { block: 'listening', text: rows.join('') };
  return [
    { name: 'TCP and unix sockets', registers: 'none', patches: [listening] },
    { name: 'TCP alone', registers: 'none', patches: [listening, { block: 'unix', text: '' }] },
  ];
}

/**
 * Two things that trying cannot tell: bpftrace 0.17 does not refuse a raw tracepoint, it aborts and leaves a core file;
 * and before Linux 5.18 the arguments are others, which no error betrays.
 */
function rawIsWorthTrying(kernel: string, bpftrace: string | null): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return (major > 5 || (major === 5 && minor >= 18)) && bpftrace?.startsWith('0.17.') !== true;
}
