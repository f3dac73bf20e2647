import { chunksOf } from '../proc-lines.js';
import { isForbidden, isMissing } from '../system-error.js';
import { lineBatches } from './line-batches.js';
import { Nearest } from './nearest.js';
import type { Slices } from './slices.js';

/** A function of the kernel; `module` is "kernel" or a module's name. */
export interface KernelFunction {
  readonly name: string;
  readonly module: string;
  readonly start: bigint;
}

type Token = Pick<KernelFunction, 'name' | 'module'>;

/** Kernel addresses have their upper 16 bits set: without them they are exact as numbers. */
const UPPER = 0xffff_0000_0000_0000n;

/** `address type name [module]`, proc_kallsyms(5); code alone. */
const LINE = /^ffff([0-9a-f]{12}) [tTwW] (\S+)(?:\t\[(\S+)\])?$/;

/**
 * By address, from /proc/kallsyms; nothing where the kernel hides its addresses (kernel.kptr_restrict). The file has no
 * sizes: a function reaches to the next.
 */
export async function kernelFunctionsAt(
  addresses: readonly bigint[],
  slices: Slices,
  path = '/proc/kallsyms',
): Promise<ReadonlyMap<bigint, KernelFunction>> {
  const nearest = new Nearest<Token>(addresses.map((address) => Number(BigInt.asUintN(48, address))));
  const found = new Map<bigint, KernelFunction>();
  try {
    for await (const lines of lineBatches(chunksOf(path), slices)) for (const line of lines) offer(nearest, line);
  } catch (error) {
    if (!isMissing(error) && !isForbidden(error)) throw error;
  }
  for (const { address, functions } of nearest.found()) {
    const [one] = functions;
    if (one !== undefined) found.set(UPPER | BigInt(address), { ...one.token, start: UPPER | BigInt(one.start) });
  }
  return found;
}

function offer(nearest: Nearest<Token>, line: string): void {
  const [, digits, name, module = 'kernel'] = LINE.exec(line) ?? [];
  if (digits === undefined || name === undefined) return;
  const start = Number.parseInt(digits, 16);
  const slot = nearest.slot(start);
  if (slot !== -1) nearest.offer(slot, start, 0, { name, module });
}
