import type { StackRecord, StackTotalRecord, SymbolRecord } from '../../../src/record/stacks.js';

/** A user function at this address. */
export function symbol(address: bigint, name: string | null, facts: Partial<SymbolRecord> = {}): SymbolRecord {
  return { kind: 'symbol', atNs: 1n, address, name, module: 'app', offset: 4n, ...facts };
}

/** Innermost first, as the kernel has them. */
export function stack(user: readonly bigint[], facts: Partial<StackRecord> = {}): StackRecord {
  return {
    kind: 'stack',
    of: 'fault',
    tid: 41,
    generation: 7,
    code: 0,
    user,
    kernel: [],
    count: 1,
    totalNs: 1000,
    ...facts,
  };
}

export function total(count: number, totalNs: number, of: StackTotalRecord['of'] = 'fault'): StackTotalRecord {
  return { kind: 'stack-total', of, count, totalNs };
}
