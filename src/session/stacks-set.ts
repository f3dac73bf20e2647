import { blockedClockNs } from '../host/blocked-clock.js';
import { monotonicNs } from '../host/clock.js';
import { Symbolizer } from '../host/symbols/symbolizer.js';
import { StacksDecoder } from '../probe/decode-stacks.js';
import { ProbeRunner } from '../probe/runner.js';
import type { KernelRuntime } from '../probe/runtime-patches.js';
import { stacksVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import { OptionalSet } from './optional-set.js';
import type { ReadableFiles } from './readable-files.js';
import type { SessionOptions } from './session.js';
import { StackNames } from './stack-names.js';
import { ticks } from './threads-set.js';

/** Stacks, and threads; some 20 MB of kernel memory beside what bpftrace takes for stacks (bpf/stacks.bt). */
const MAP_KEYS = 2 ** 14;
/** Of these, kept by thread; the rest is for all threads together. */
const BY_THREAD = MAP_KEYS / 2;

/** bpf/stacks.bt, with the names of what it finds. */
export function stacksSet(
  options: SessionOptions,
  emit: (record: FaultscopeRecord) => void,
  runtime: () => KernelRuntime,
  readable: ReadableFiles,
): OptionalSet {
  const { target, intervalMs, bpftrace, host } = options;
  const symbolizer = new Symbolizer(target.pid, (mapping) => readable.mapped(mapping));
  const names = new StackNames(symbolizer, emit, monotonicNs);
  const args = [target.pid, Math.max(10, ticks(intervalMs)), BY_THREAD].map(String);
  return new OptionalSet({
    set: 'stacks',
    emit,
    runner: () =>
      new ProbeRunner({
        set: 'stacks',
        bpftrace,
        host,
        variants: stacksVariants(host, runtime()),
        args,
        mapKeys: MAP_KEYS,
        decoder: () => new StacksDecoder((tid) => blockedClockNs(target.pid, tid)),
        emit: (record) => names.pass(record),
        nowNs: monotonicNs,
      }),
    ended: async () => {
      await names.settle();
      symbolizer.close();
    },
  });
}
