import type { ThreadRef } from './record.js';

/** A stack with what it cost: cumulative since the set was attached. `tid` 0: of all threads together. */
export interface StackRecord extends ThreadRef {
  readonly kind: 'stack';
  /** Names the cell as long as the set is attached. Its frames never change; those of several may be the same. */
  readonly cell: bigint;
  readonly of: 'fault' | 'off-cpu';
  /** Why the thread was off-CPU, as in WaitRecord.code; 0 for faults. */
  readonly code: number;
  /** Innermost first; empty where none could be walked. Addresses in the target. */
  readonly user: readonly bigint[];
  /** Innermost first; empty where there is none, or none was asked for. Addresses in the kernel. */
  readonly kernel: readonly bigint[];
  readonly count: number;
  /** Faults: latency; off-CPU: length of the waits. */
  readonly totalNs: number;
}

/**
 * All that was to be laid to stacks, counted apart from them: what is missing there could not be kept. Cumulative, and told
 * with the stacks of the same reading.
 */
export interface StackTotalRecord {
  readonly kind: 'stack-total';
  readonly of: 'fault' | 'off-cpu';
  readonly count: number;
  readonly totalNs: number;
}

/** What an address of a stack is. Told before the first stack record that has it; an address told again was given to other code. */
export interface SymbolRecord {
  readonly kind: 'symbol';
  readonly atNs: bigint;
  readonly address: bigint;
  /** Demangled: an outside string; null where no function is known: then module and offset say where it is. */
  readonly name: string | null;
  /** File name of the mapping, "kernel" or a kernel module's name, "[jit]" for a perf map: an outside string; null where it is in none. */
  readonly module: string | null;
  /** From the function's begin where `name` is known, else within the module (as objdump and addr2line have it). */
  readonly offset: bigint;
}
