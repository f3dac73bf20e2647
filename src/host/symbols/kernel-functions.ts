import { monotonicNs } from '../clock.js';
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

type Listed = Omit<KernelFunction, 'start'> & { readonly start: number };

/** Kernel addresses have their upper 16 bits set: without them they are exact as numbers. */
const UPPER = 0xffff_0000_0000_0000n;

/** `address type name [module]`, proc_kallsyms(5); code alone. */
const LINE = /^ffff([0-9a-f]{12}) [tTwW] (\S+)(?:\t\[(\S+)\])?$/;

/** Modules come and go, but reading it all takes the kernel a quarter of a second. */
const KEPT_NS = 60_000_000_000n;

/** /proc/kallsyms: which function a kernel address belongs to. The file has no sizes: a function reaches to the next. */
export class KernelFunctions {
  readonly #path: string;
  #functions: readonly Listed[] = [];
  #readNs: bigint | null = null;

  constructor(path = '/proc/kallsyms') {
    this.#path = path;
  }

  /** By address; nothing where the kernel hides its addresses (kernel.kptr_restrict). */
  async at(addresses: readonly bigint[], slices: Slices): Promise<ReadonlyMap<bigint, KernelFunction>> {
    const nowNs = monotonicNs();
    if (this.#readNs === null || nowNs - this.#readNs > KEPT_NS) {
      this.#readNs = nowNs;
      this.#functions = await readAll(this.#path, slices);
    }
    const nearest = new Nearest<Listed>(addresses.map((address) => Number(BigInt.asUintN(48, address))));
    for (const one of this.#functions) {
      const slot = nearest.slot(one.start);
      if (slot !== -1) nearest.offer(slot, one.start, 0, one);
    }
    const found = new Map<bigint, KernelFunction>();
    for (const { address, functions } of nearest.found()) {
      const [one] = functions;
      if (one !== undefined) found.set(UPPER | BigInt(address), { ...one.token, start: UPPER | BigInt(one.start) });
    }
    return found;
  }
}

async function readAll(path: string, slices: Slices): Promise<readonly Listed[]> {
  const functions: Listed[] = [];
  try {
    for await (const lines of lineBatches(chunksOf(path), slices)) {
      for (const line of lines) {
        const [, digits, name, module = 'kernel'] = LINE.exec(line) ?? [];
        if (digits !== undefined && name !== undefined)
          functions.push({ name, module, start: Number.parseInt(digits, 16) });
      }
    }
  } catch (error) {
    if (!isMissing(error) && !isForbidden(error)) throw error;
  }
  return functions;
}
