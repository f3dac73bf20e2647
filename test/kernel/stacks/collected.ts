import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { monotonicNs } from '../../../src/host/clock.js';
import { StacksDecoder } from '../../../src/probe/decode-stacks.js';
import { ProbeRunner } from '../../../src/probe/runner.js';
import { stacksVariants } from '../../../src/probe/variants.js';
import type { FaultscopeRecord, HostFacts } from '../../../src/record/record.js';
import type { StackRecord, StackTotalRecord, SymbolRecord } from '../../../src/record/stacks.js';
import { Session } from '../../../src/session/session.js';

/** What the stacks of a session came to. */
export class Collected {
  /** By cell: two of them may show the same stack, without the frames of the tracing itself, which differ while the kernel meters programs. */
  readonly #stacks = new Map<bigint, StackRecord>();
  readonly #totals = new Map<string, StackTotalRecord>();
  readonly #symbols = new Map<bigint, SymbolRecord>();
  /** Addresses of stacks that had not been named when the stack came. */
  readonly untold = new Set<bigint>();
  readonly losses: FaultscopeRecord[] = [];

  apply(record: FaultscopeRecord): void {
    if (record.kind === 'symbol') this.#symbols.set(record.address, record);
    if (record.kind === 'stack-total') this.#totals.set(record.of, record);
    if (record.kind === 'loss' && record.set === 'stacks') this.losses.push(record);
    if (record.kind !== 'stack') return;
    this.#stacks.set(record.cell, record);
    for (const address of [...record.user, ...record.kernel]) if (!this.#symbols.has(address)) this.untold.add(address);
  }

  stacks(of: StackRecord['of']): readonly StackRecord[] {
    return [...this.#stacks.values()].filter((stack) => stack.of === of);
  }

  total(of: StackRecord['of']): { readonly count: number; readonly totalNs: number } {
    const { count, totalNs } = this.#totals.get(of) ?? { count: 0, totalNs: 0 };
    return { count, totalNs };
  }

  sum(of: StackRecord['of']): { readonly count: number; readonly totalNs: number } {
    const sum = { count: 0, totalNs: 0 };
    for (const { count, totalNs } of this.stacks(of)) {
      sum.count += count;
      sum.totalNs += totalNs;
    }
    return sum;
  }

  symbol(address: bigint): SymbolRecord | undefined {
    return this.#symbols.get(address);
  }

  /** Innermost first; what has no name is [unknown]. */
  names(addresses: readonly bigint[]): readonly string[] {
    return addresses.map((address) => this.#symbols.get(address)?.name ?? '[unknown]');
  }

  /** Counts of faults by their user stacks, names joined by " < ". */
  faultsByStack(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { user, count } of this.stacks('fault')) {
      const stack = this.names(user).join(' < ');
      counts.set(stack, (counts.get(stack) ?? 0) + count);
    }
    return counts;
  }
}

function hostWith(bpftrace: string): HostFacts {
  const version = /v(\S+)/.exec(execFileSync(bpftrace, ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  return { kernel: release(), arch: 'x86_64', cpus: cpus().length, bpftrace: version };
}

/** A session with stacks around `during`, which begins when all is attached. */
export async function collectStacks(
  { pid }: { readonly pid: number },
  bpftrace: string,
  during: (collected: Collected) => Promise<unknown>,
): Promise<Collected> {
  const collected = new Collected();
  const session = new Session({
    toolVersion: 'test',
    host: hostWith(bpftrace),
    target: { pid, comm: '', exe: null, launched: false },
    bpftrace,
    intervalMs: 300,
    exact: 'auto',
    sets: ['stacks'],
    capacity: null,
    budget: null,
    threads: 8,
    emit: (record) => {
      if (record.kind === 'probe' && record.set === 'stacks' && record.state === 'failed')
        throw new Error(`${record.detail}`);
      collected.apply(record);
    },
  });
  try {
    await session.start();
    await during(collected);
  } finally {
    await session.stop('quit');
  }
  return collected;
}

/** The script with kernel maps of any size; nothing is named. */
export async function collectWith(
  { pid }: { readonly pid: number },
  bpftrace: string,
  { mapKeys, byThread }: { readonly mapKeys: number; readonly byThread: number },
  during: () => Promise<unknown>,
): Promise<Collected> {
  const collected = new Collected();
  const host = hostWith(bpftrace);
  const runner = new ProbeRunner({
    set: 'stacks',
    bpftrace,
    host,
    variants: stacksVariants(host, { kind: 'native' }),
    args: [pid, 10, byThread].map(String),
    mapKeys,
    decoder: () => new StacksDecoder(() => null),
    emit: (record) => collected.apply(record),
    nowNs: monotonicNs,
  });
  await runner.start();
  try {
    await during();
  } finally {
    await runner.stop();
  }
  return collected;
}
