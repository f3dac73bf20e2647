import { monotonicNs } from '../host/clock.js';
import { kernelTypesPath, perCpuOffsets } from '../host/kernel-btf.js';
import { fromBytes, readProcFile } from '../host/proc-file.js';
import { dropOldest } from '../model/drop-oldest.js';
import { WakersDecoder } from '../probe/decode-wakers.js';
import { ProbeRunner } from '../probe/runner.js';
import type { KernelRuntime } from '../probe/runtime-patches.js';
import { WAKERS_PER_CPU, wakersVariants } from '../probe/wakers-variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import { OptionalSet } from './optional-set.js';
import type { SessionOptions } from './session.js';
import { mapKeysFor, ticks } from './threads-set.js';

/** Processes that are remembered as named; on a host that forks all day the oldest are forgotten, and named anew if they come again. */
const MAX_NAMES = 4096;

/** bpf/wakers.bt. `runtime` is asked for when the set is started. */
export function wakersSet(
  options: SessionOptions,
  emit: (record: FaultscopeRecord) => void,
  runtime: () => KernelRuntime,
): OptionalSet {
  const { target, intervalMs, bpftrace, host } = options;
  const named = new Set<number>();
  const emitNamed = (record: FaultscopeRecord): void => {
    if (record.kind === 'wake' && (record.waker === 'process' || record.waker === 'kernel')) tellName(record.wakerId);
    emit(record);
  };
  const tellName = (pid: number): void => {
    if (named.has(pid)) return;
    named.add(pid);
    dropOldest(named, MAX_NAMES);
    const comm = commOf(pid);
    if (comm !== null) emit({ kind: 'waker-name', atNs: monotonicNs(), pid, comm });
  };
  return new OptionalSet({
    set: 'wakers',
    emit,
    runner: () =>
      new ProbeRunner({
        set: 'wakers',
        bpftrace,
        host,
        variants: wakersVariants(host, runtime(), perCpuOffsets(WAKERS_PER_CPU, kernelTypesPath(process.env))),
        args: [target.pid, ticks(intervalMs)].map(String),
        mapKeys: mapKeysFor(options.threads),
        decoder: () => new WakersDecoder(),
        emit: emitNamed,
        nowNs: monotonicNs,
      }),
  });
}

/** /proc/PID/comm; null where the process is gone. */
function commOf(pid: number): string | null {
  const comm = readProcFile(`/proc/${pid}/comm`);
  return comm === null ? null : fromBytes(comm).replace(/\n$/, '');
}
