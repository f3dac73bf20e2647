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

export interface SwitchProbe {
  readonly name: string;
  readonly patches: readonly ScriptPatch[];
}

/**
 * The raw tracepoint spares building the perf record: half the price on every switch of the host. Its arguments are
 * (bool preempt, prev, next, unsigned int prev_state) from Linux 5.18 on (include/trace/events/sched.h).
 */
export const RAW: SwitchProbe = {
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
export const TRACEPOINT: SwitchProbe = { name: 'tracepoint', patches: [] };

/**
 * Before Linux 5.14 task_struct has no `__state`. The tracepoint's own field serves as well (TASK_DEAD shows as EXIT_DEAD
 * or EXIT_ZOMBIE in it), but makes older bpftrace take a second longer to compile.
 */
export const TRACEPOINT_ARGS: SwitchProbe = {
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

export const X86_64 = { name: 'x86-64 registers', patches: [] };

/** TOP_OF_KERNEL_STACK_PADDING is 16 with CONFIG_X86_FRED (arch/x86/include/asm/thread_info.h). */
export const X86_64_FRED = {
  name: 'x86-64 registers, FRED stack',
  patches: ['layout', 'registers'].map((block) => ({ block, from: '16384 - 168', to: '16384 - 168 - 16' })),
};

/** What arm64 and riscv call the instruction pointer. */
export const PC: ScriptPatch = { block: 'instruction', text: '  $ip = (uint64)reg("pc");\n' };

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

/** Before Linux 6.12 nothing says which page of which file a fault reads. */
const WITHOUT_PAGES: readonly ScriptPatch[] = ['begin', 'gone', 'counted', 'dump', 'end']
  .map((part) => ({ block: `page-${part}`, text: '' }))
  .concat({ block: 'page', text: '' });

/** In the order to try them: best first. `pages`: the kernel has the tracepoint filemap:mm_filemap_fault. */
export function threadsVariants(
  { arch, kernel, bpftrace }: HostFacts,
  runtime: KernelRuntime,
  { pages }: { readonly pages: boolean },
): Variant[] {
  const switches = rawIsWorthTrying(kernel, bpftrace)
    ? [RAW, TRACEPOINT, TRACEPOINT_ARGS]
    : [TRACEPOINT, TRACEPOINT_ARGS];
  const layouts = arch === 'x86_64' ? [X86_64, X86_64_FRED, withoutRegisters(arch)] : [withoutRegisters(arch)];
  return layouts.flatMap((layout) =>
    switches.map((probe) => ({
      name: `${probe.name}, ${layout.name}${pages ? '' : ', pages of files unknown'}`,
      registers: layout.name,
      patches: [...probe.patches, ...layout.patches, ...runtimePatches(runtime), ...(pages ? [] : WITHOUT_PAGES)],
    })),
  );
}

/**
 * bpf/stacks.bt. Bare addresses where bpftrace prints them (`raw`, unknown to 0.17), else with what it takes for their
 * names behind.
 */
export function stacksVariants(host: HostFacts, runtime: KernelRuntime): Variant[] {
  const parked = runtimePatches(runtime).filter(({ block }) => block === 'parked');
  return threadsVariants(host, { kind: 'native' }, { pages: true }).flatMap(({ name, registers, patches }) => {
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

/** The type of a tracepoint's `rwbs` is a string for older bpftrace, as the script has it, and an array for newer. */
const RWBS_ARRAY: readonly ScriptPatch[] = ['bareop', 'op'].map((block) => ({
  block,
  text: `  $c = (uint64)args->rwbs[0];
  if ($c == 82) { $op = (uint64)0; } else if ($c == 87 || $c == 70) { $op = (uint64)1; }
`,
}));

/** Before Linux 6.5 there is no block_io_start; block_getrq has the partition for its device. */
const GETRQ: ScriptPatch = {
  block: 'start',
  text: `tracepoint:block:block_getrq {
  $dev = (uint64)args->dev;
  $whole = @disk[$dev];
  if ($whole != 0) { $dev = $whole; }
  $bytes = (uint64)args->nr_sector << 9;
`,
};

const X86_64_STORAGE: Layout = { name: 'x86-64 registers', patches: [] };

const X86_64_FRED_STORAGE: Layout = {
  name: 'x86-64 registers, FRED stack',
  patches: ['layout', 'registers', 'bareregisters'].map((block) => ({
    block,
    from: '16384 - 168',
    to: '16384 - 168 - 16',
  })),
};

/** No saved registers: none of the target's I/O is known to be of a fault. */
const NO_FAULT_IO: Layout = {
  name: 'no registers: reads of faults not told from its other I/O',
  patches: [
    { block: 'layout', text: '  printf("A %llu 1\\n", (uint64)nsecs);\n' },
    { block: 'registers', text: '' },
    { block: 'bareregisters', text: '' },
  ],
};

interface Layout {
  readonly name: string;
  readonly patches: readonly ScriptPatch[];
}

/** bpf/storage.bt; `partitions`: the device numbers of each partition and its disk, as the kernel has them. */
export function storageVariants(arch: string, partitions: ReadonlyMap<number, number>): Variant[] {
  const rows = Array.from(partitions, ([part, disk]) => `  @disk[(uint64)${part}] = (uint64)${disk};\n`);
  const known: ScriptPatch = { block: 'partitions', text: rows.join('') };
  const starts = [
    { name: 'block_io_start', patches: [] },
    { name: 'block_getrq', patches: [GETRQ] },
  ];
  const layouts = arch === 'x86_64' ? [X86_64_STORAGE, X86_64_FRED_STORAGE, NO_FAULT_IO] : [NO_FAULT_IO];
  return layouts.flatMap((layout) =>
    starts.flatMap((start) =>
      [[], RWBS_ARRAY].map((rwbs) => ({
        name: `${start.name}, ${layout.name}`,
        registers: layout.name,
        patches: [known, ...start.patches, ...rwbs, ...layout.patches],
      })),
    ),
  );
}

/**
 * Two things that trying cannot tell: bpftrace 0.17 does not refuse a raw tracepoint, it aborts and leaves a core file;
 * and before Linux 5.18 the arguments are others, which no error betrays.
 */
export function rawIsWorthTrying(kernel: string, bpftrace: string | null): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return (major > 5 || (major === 5 && minor >= 18)) && bpftrace?.startsWith('0.17.') !== true;
}
