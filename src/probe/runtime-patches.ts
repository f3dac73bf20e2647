import type { KernelGo } from '../host/runtime/kernel-go.js';
import type { ScriptPatch } from './script.js';

/** What bpf/threads.bt has to know of the target's runtime to tell which of its threads hold what they need to run. */
export type KernelRuntime =
  | { readonly kind: 'go'; readonly go: KernelGo }
  /** Goroutines cannot be told: every thread counts, and a thread on a plain futex is taken for an idle one. */
  | { readonly kind: 'go-unknown' }
  /** One event loop, on the main thread. */
  | { readonly kind: 'event-loop' }
  | { readonly kind: 'native' };

/** The patches of bpf/threads.bt for a runtime; none for a native program. */
export function runtimePatches(runtime: KernelRuntime): ScriptPatch[] {
  switch (runtime.kind) {
    case 'go':
      return goPatches(runtime.go);
    case 'go-unknown':
      return [{ block: 'parked', text: `  if ($nr == 202 && $sub == 0) { $sub = (uint64)4; }\n` }];
    case 'event-loop':
      return [{ block: 'hold', text: '    $held = (uint64)0;\n    if ($tid == $1) { $held = (uint64)1; }\n' }];
    case 'native':
      return [];
  }
}

/**
 * The thread's `g` lies at a fixed distance from fsbase (runtime·tlsg in runtime/asm_amd64.s). On the system stack that
 * is m.g0, whose status stays 0 (_Gidle), and the goroutine is m.curg. Status 2, _Grunning, holds a P; without a
 * goroutine, m.p says so (runtime/runtime2.go).
 */
function goPatches({ gomaxprocsDelta, tlsOffset, g, m }: KernelGo): ScriptPatch[] {
  const own = `
    $slot = (uint64)$t->thread.fsbase - ${-tlsOffset};
    $g = *(uint64 *)uptr($slot);`;
  const current = `${own}
    $m = *(uint64 *)uptr($g + ${g.m});
    $g0 = *(uint64 *)uptr($m + ${m.g0});
    if ($g0 == $g) { $g = *(uint64 *)uptr($m + ${m.curg}); }`;
  // One time in eight: it hardly ever changes, and is read by a thread on its way to sleep.
  const capacity =
    gomaxprocsDelta === null
      ? ''
      : `
    if (($now & 0x700) == 0) {
      $procs = *(uint32 *)uptr((uint64)$t->mm->start_code + ${gomaxprocsDelta});
      if ($procs >= 1 && $procs <= ${MAX_GOMAXPROCS} && (uint64)$procs != @cap) { @cap = (uint64)$procs; }
    }`;
  const whatItRuns = `
      $running = *(uint32 *)uptr($g + ${g.atomicstatus});
      $status = (uint64)$running & 0xfff;`;
  return [
    {
      block: 'parked',
      text: `  if ($nr == 202 && $sub == 0) {${own}
    $m = *(uint64 *)uptr($g + ${g.m});
    $p = *(uint64 *)uptr($m + ${m.p});
    if ($m != 0 && $p == 0) { $sub = (uint64)4; }
  }
`,
    },
    {
      block: 'hold',
      // Most faults are a goroutine's own: four reads tell, the rest is for the others.
      text: `${own.slice(1)}
    $running = *(uint32 *)uptr($g + ${g.atomicstatus});
    $p = (uint64)0;
    if (($running & 0xfff) != 2) {
      $m = *(uint64 *)uptr($g + ${g.m});
      $g0 = *(uint64 *)uptr($m + ${m.g0});
      if ($g0 == $g) {
        $g = *(uint64 *)uptr($m + ${m.curg});
        if ($g == 0) { $p = *(uint64 *)uptr($m + ${m.p}); } else { $running = *(uint32 *)uptr($g + ${g.atomicstatus}); }
      }
    }
    $held = (uint64)0;
    if (($running & 0xfff) == 2 || $p != 0) { $held = (uint64)1; }
    if ($held == 1 && $g != 0) { $entry = *(uint64 *)uptr($g + ${g.startpc}); }${capacity}
`,
    },
    {
      block: 'goroutine',
      // As it fell asleep holding a P, so it is now: then nothing of the target's memory is read here.
      text: `  $held = ($s.3 >> 54) & 1;
  $entry = (uint64)$s.5;
  if ($held == 0) {${current}
    if ($g != 0) {${whatItRuns}
      $entry = *(uint64 *)uptr($g + ${g.startpc});
      if ($status == 2) { $held = (uint64)1; }
    }
  }
  $k = ((uint64)cpu << 48) | (($entry & 0x7fffffffffff) << 1) | $held;
  $w = @g[$k];
  $max = (uint64)$w.2;
  if ($latency > $max) { $max = $latency; }
  @g[$k] = ((uint64)($w.0 + 1), (uint64)($w.1 + $latency), (uint64)$max);
  if ($w.0 == 0) {
    $w = @g[$k];
    if ($w.0 == 0) { @lost[4] = sum(1); }
  }
`,
    },
    {
      block: 'goid',
      text: `${current.slice(1)}
    if ($g != 0) {${whatItRuns}
      $goid = *(uint64 *)uptr($g + ${g.goid});
      $start = *(uint64 *)uptr($g + ${g.startpc});
    }
`,
    },
  ];
}

/** More than any machine has; what is read before the program is there is hardly ever less. */
const MAX_GOMAXPROCS = 4096;
