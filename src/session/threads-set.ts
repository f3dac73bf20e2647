import { monotonicNs } from '../host/clock.js';
import { possibleCpus } from '../host/possible-cpus.js';
import { hasTracepoint } from '../host/tracepoints.js';
import { ThreadsDecoder } from '../probe/decode-threads.js';
import { type DumpListener, ProbeRunner } from '../probe/runner.js';
import type { KernelRuntime } from '../probe/runtime-patches.js';
import { threadsVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import type { SessionOptions } from './session.js';

/** Single faults printed per tenth of a second: each wakes us, and fifty a second show enough. */
const RATION = 5;

/** The main probe set, ready to start. */
export function startThreadsSet(
  options: SessionOptions,
  emit: (record: FaultscopeRecord) => void,
  onDump: DumpListener,
  runtime: { readonly kernel: KernelRuntime; readonly capacity: number | null },
): ProbeRunner {
  const { bpftrace, host } = options;
  const mapKeys = mapKeysFor(options.threads);
  return new ProbeRunner({
    set: 'threads',
    bpftrace,
    host,
    variants: threadsVariants(host, runtime.kernel, { pages: hasTracepoint('filemap', 'mm_filemap_fault') }),
    args: [
      options.target.pid,
      ticks(options.intervalMs),
      RATION,
      Math.floor(mapKeys * 0.75),
      possibleCpus(),
      runtime.capacity ?? 0,
    ].map(String),
    mapKeys,
    decoder: () => new ThreadsDecoder(),
    emit,
    onDump,
    nowNs: monotonicNs,
  });
}

/** The interval in the script's tenths of a second. */
export function ticks(intervalMs: number): number {
  return Math.max(1, Math.round(intervalMs / 100));
}

/**
 * A busy thread fills some 30 cells of the histogram, an idle one two or three; when a map is three quarters full the
 * script moves to the other one. An entry takes 80 to 140 bytes of kernel memory, allocated at once, in each of some sixteen
 * maps: 50 MB at least, 200 MB for 10,000 threads, 0.8 GB at most (docs/overhead.md); and 32 bytes for each CPU in the map of
 * faults by file.
 */
export function mapKeysFor(threads: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, threads) * 8));
  return Math.min(2 ** 19, Math.max(2 ** 15, wanted));
}
