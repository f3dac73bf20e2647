import type { HostFacts } from '../record/record.js';
import { type KernelRuntime, runtimePatches } from './runtime-patches.js';
import type { ScriptPatch } from './script.js';
import {
  PC,
  RAW,
  rawIsWorthTrying,
  type SwitchProbe,
  TRACEPOINT,
  TRACEPOINT_ARGS,
  type Variant,
  X86_64,
  X86_64_FRED,
} from './variants.js';

/** How to tell an interrupt from the thread it interrupted, or registers from one another: what that is called, and how. */
interface Way {
  readonly name: string;
  readonly patches: readonly ScriptPatch[];
}

/** The woken task is the raw tracepoint's argument: nothing else of the host gets as far as a map (see RAW). */
const RAW_WAKING: ScriptPatch = {
  block: 'waking',
  text: `rawtracepoint:sched_waking /((struct task_struct *)arg0)->tgid == $1/ {
  $tid = (uint64)((struct task_struct *)arg0)->pid;
`,
};

/** In the order to try them, best first. `perCpu`: offsets of {@link COUNTS_PER_CPU} and of `runqueues`. */
export function wakersVariants(
  { arch, kernel, bpftrace }: HostFacts,
  runtime: KernelRuntime,
  perCpu: ReadonlyMap<string, number>,
): Variant[] {
  const raw: SwitchProbe = { name: RAW.name, patches: [...RAW.patches, RAW_WAKING] };
  const switches = [...(rawIsWorthTrying(kernel, bpftrace) ? [raw] : []), TRACEPOINT, TRACEPOINT_ARGS];
  const layouts = arch === 'x86_64' ? [X86_64, X86_64_FRED, withoutRegisters(arch)] : [withoutRegisters(arch)];
  return interruptsToldBy(arch, perCpu).flatMap((interrupts) =>
    layouts.flatMap((layout) =>
      switches.map((probe) => ({
        name: [probe.name, layout.name, interrupts.name].join(', '),
        registers: `${layout.name}, ${interrupts.name}`,
        patches: [...probe.patches, ...layout.patches, ...interrupts.patches, ...waitsOf(runtime)],
      })),
    ),
  );
}

/** As the script stands: what runs when a wakeup is seen on a CPU that is not idle is taken for the waker. */
const INTERRUPTS_NOT_TOLD: Way = { name: 'interrupts are laid to what they interrupted', patches: [] };

/**
 * Per-CPU variables with the count of interrupts the CPU is in, and where in them it is: `__preempt_count`, which from
 * Linux 6.2 to 6.14 was a field of `pcpu_hot` (arch/x86/include/asm/current.h).
 */
const COUNTS_PER_CPU = { __preempt_count: 0, pcpu_hot: 8 } as const;

/** What to look up for {@link wakersVariants}. */
export const WAKERS_PER_CPU: readonly string[] = ['runqueues', ...Object.keys(COUNTS_PER_CPU)];

/**
 * x86-64 counts per CPU. BPF programs of bpftrace are not told where a CPU's area is, but a task's queue says where its
 * CPU's run queue is, which is in that area too (with CONFIG_FAIR_GROUP_SCHED). Elsewhere the task has the count.
 */
function interruptsToldBy(arch: string, perCpu: ReadonlyMap<string, number>): Way[] {
  if (arch !== 'x86_64') return [told('(uint64)$me->thread_info.preempt_count'), INTERRUPTS_NOT_TOLD];
  const runqueues = perCpu.get('runqueues');
  const count = Object.entries(COUNTS_PER_CPU).find(([name]) => perCpu.has(name));
  if (runqueues === undefined || count === undefined) return [INTERRUPTS_NOT_TOLD];
  const distance = (perCpu.get(count[0]) ?? 0) + count[1] - runqueues;
  const address = `(uint64)$me->se.cfs_rq->rq ${distance < 0 ? '-' : '+'} ${Math.abs(distance)}`;
  return [told('(uint64)*(uint32 *)$place', `    $place = ${address};\n`), INTERRUPTS_NOT_TOLD];
}

/** NMI, hard interrupt, and serving a soft one (include/linux/preempt.h); the script's timer runs in a hard one. */
function told(count: string, before = ''): Way {
  const interrupt = `${before}    $irq = ${count} & 0xff0100;\n`;
  const check = `    $me = (struct task_struct *)curtask;
${before}    $count = ${count} & 0xf0000;
    $ok = (uint64)0;
    if ($count != 0) { $ok = (uint64)1; }
    printf("I %llu\\n", $ok);
`;
  return {
    name: 'interrupts told',
    patches: [
      { block: 'interrupt', text: interrupt },
      { block: 'check', text: check },
    ],
  };
}

/** As for threads.bt; without registers no lock wait is known for one. */
function withoutRegisters(arch: string): Way {
  const patches: ScriptPatch[] = [
    { block: 'layout', text: '  printf("A %llu 1\\n", (uint64)nsecs);\n' },
    {
      block: 'registers',
      text: '  $nr = (uint64)0x3fe;\n  $sub = (uint64)0;\n  $lock = (uint64)0;\n',
    },
    { block: 'chain', text: '' },
  ];
  if (arch !== 'x86_64') patches.push(PC);
  return { name: 'no registers: causes unknown', patches };
}

/** Who ends a futex wait in a Go program hands a thread its work, or its P: nobody held a lock. */
function waitsOf(runtime: KernelRuntime): ScriptPatch[] {
  if (runtime.kind !== 'go' && runtime.kind !== 'go-unknown') return [];
  const parked = runtimePatches(runtime).filter(({ block }) => block === 'parked');
  return [...parked, { block: 'chain', text: '' }];
}
