import type { GoroutineCensusRecord, RoleRecord, RuntimeFacts } from '../../record/record.js';
import type { Capacity } from './assumed-gomaxprocs.js';
import type { KernelGo } from './kernel-go.js';

/** What a running process says about its runtime, as often as it is asked. */
export interface ObservedRuntime {
  /** As of the latest reading. */
  readonly facts: RuntimeFacts;
  /** Null where goroutines cannot be told in the kernel: `facts.goroutineDetail` says why. */
  readonly kernelGo: KernelGo | null;
  /** Reads again what may have changed, which costs a system call or two. Null where the program is another by now, or gone. */
  reread(): RuntimeFacts | null;
  /** One reading of all goroutines; null where they cannot be told. */
  census(): Omit<GoroutineCensusRecord, 'kind' | 'atNs'> | null;
  /** Threads that serve the runtime itself, as far as they have begun. */
  roles(): readonly RoleRecord[];
  /** The function that an address of the process lies in, an outside string; null where none is known. */
  functionName(pc: bigint): string | null;
  close(): void;
}

/** `--capacity` as one that was found; null without it. */
export function givenCapacity(capacityOverride: number | null): Capacity | null {
  return capacityOverride === null ? null : { value: capacityOverride, source: '--capacity' };
}

/** Of a program that cannot be read. */
export function unreadRuntime(capacityOverride: number | null): ObservedRuntime {
  const why =
    'the file system that the program lies on does not answer: its runtime, and with it the capacity, is not known';
  return plainRuntime('native', null, givenCapacity(capacityOverride), why);
}

/** A runtime of which nothing changes and that has no goroutines; `detail` says what else is to be said of it. */
export function plainRuntime(
  kind: 'node' | 'native',
  version: string | null,
  capacity: Capacity | null,
  detail: string | null = null,
): ObservedRuntime {
  const facts: RuntimeFacts = {
    kind,
    version,
    capacity: capacity?.value ?? null,
    capacitySource: capacity?.source ?? null,
    goroutines: false,
    goroutineDetail: detail,
  };
  return {
    facts,
    kernelGo: null,
    reread: () => facts,
    census: () => null,
    roles: () => [],
    functionName: () => null,
    close: () => {},
  };
}
