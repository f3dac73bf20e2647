import type { StackRecord, StackTotalRecord, SymbolRecord } from '../../../src/record/stacks.js';

/** A user function at this address. */
export function symbol(address: bigint, name: string | null, facts: Partial<SymbolRecord> = {}): SymbolRecord {
  return { kind: 'symbol', atNs: 1n, address, name, module: 'app', offset: 4n, ...facts };
}

const cells = new Map<string, bigint>();

/** Innermost first, as the kernel has them; the same thread, kind and frames are the same cell. */
export function stack(user: readonly bigint[], facts: Partial<Omit<StackRecord, 'cell'>> = {}): StackRecord {
  const { of = 'fault', tid = 41, code = 0, kernel = [] } = facts;
  const key = [of, tid, code, user.join('.'), kernel.join('.')].join(' ');
  const cell = cells.get(key) ?? BigInt(cells.size + 1);
  cells.set(key, cell);
  return {
    kind: 'stack',
    cell,
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
