import type { GoBinary } from '../go/types.js';

/** What bpf/threads.bt needs to read of a Go program; offsets in bytes. */
export interface KernelGo {
  /** Where GOMAXPROCS is, an int32: less mm->start_code. Null where it cannot be read: `facts.capacity` is all there is. */
  readonly gomaxprocsDelta: bigint | null;
  /** Where the current thread's `g` is, from the thread pointer (fs base). */
  readonly tlsOffset: bigint;
  readonly g: { readonly m: number; readonly goid: number; readonly atomicstatus: number; readonly startpc: number };
  readonly m: { readonly g0: number; readonly curg: number; readonly p: number };
}

/** Null where {@link cannotTrace} says why. */
export function kernelGoOf(binary: GoBinary, gomaxprocsDelta: bigint | null): KernelGo | null {
  const { layout, tlsOffset } = binary;
  if (cannotTrace(binary) !== null || layout === null || tlsOffset === null) return null;
  const { m, goid, atomicstatus, startpc } = layout.g;
  const { g0, curg, p } = layout.m;
  return { gomaxprocsDelta, tlsOffset, g: { m, goid, atomicstatus, startpc }, m: { g0, curg, p } };
}

/** Why the kernel script cannot find a thread's goroutine, whatever the memory says; null where it can. */
export function cannotTrace({ is64, machine, layout, tlsOffset, version }: GoBinary): string | null {
  if (!is64 || machine !== 'x86_64') return 'goroutines are told on x86-64 only';
  if (layout === null) return unknownLayout(version);
  return tlsOffset === null ? 'where a thread keeps its goroutine was not found in the program' : null;
}

/** Neither DWARF nor our table knows this version. */
export function unknownLayout(version: string): string {
  return `the layout of a goroutine is not known for ${version === '' ? 'a Go that does not say its version' : version}`;
}
