import { monotonicNs } from '../host/clock.js';
import { type Mapping, readMappings } from '../host/mappings.js';
import { PageCacheDecoder } from '../probe/decode-pagecache.js';
import { pagecacheVariants } from '../probe/pagecache-variants.js';
import { ProbeRunner } from '../probe/runner.js';
import type { FileKey } from '../record/files.js';
import type { FaultscopeRecord } from '../record/record.js';
import { MemoryFillers } from './memory-fillers.js';
import { OptionalSet } from './optional-set.js';
import type { SessionOptions } from './session.js';
import { ticks } from './threads-set.js';

/** Single faults printed per tenth of a second. */
const RATION = 5;
/** Dumps in one interval, so that a view drawn between two of them lacks little. */
const DUMPS = 2;
/** Files that the script knows from its start, the largest mappings first; of others it learns when the target faults. */
const SEEDS = 256;
/** A literal of bpftrace is a signed number. */
const MAX_LITERAL = 2n ** 63n - 1n;

type PageCacheOptions = Pick<SessionOptions, 'target' | 'intervalMs' | 'bpftrace' | 'host'>;

/** bpf/pagecache.bt, and beside it what only /proc tells: who the processes are, and how anonymous memory grows. */
export function pagecacheSet(
  options: PageCacheOptions,
  emit: (record: FaultscopeRecord) => void,
  { bits = tableBits(options.host.cpus), rows = 2 ** (tableBits(options.host.cpus) - 1) } = {},
): OptionalSet {
  const { target, intervalMs, bpftrace, host } = options;
  const fillers = new MemoryFillers(emit, monotonicNs);
  const every = Math.max(1, Math.floor(ticks(intervalMs) / DUMPS));
  return new OptionalSet({
    set: 'pagecache',
    emit,
    runner: () =>
      new ProbeRunner({
        set: 'pagecache',
        bpftrace,
        host,
        variants: pagecacheVariants(host.arch, mappedFiles(readMappings(`/proc/${target.pid}/maps`))),
        args: [target.pid, every, RATION, bits, rows].map(String),
        mapKeys: 2 ** tableBits(host.cpus),
        decoder: () => new PageCacheDecoder(),
        emit: (record) => {
          if (record.kind === 'probe' && record.state === 'running') fillers.start();
          if (record.kind === 'probe' && (record.state === 'stopped' || record.state === 'failed')) fillers.stop();
          fillers.pass(record);
        },
        nowNs: monotonicNs,
      }),
  });
}

/** Files of a process, the largest mapped first. */
export function mappedFiles(mappings: readonly Mapping[]): FileKey[] {
  const files = new Map<string, { readonly file: FileKey; readonly bytes: bigint }>();
  for (const { of, device, inode, start, end } of mappings) {
    if (of !== 'file' || inode === 0n || inode > MAX_LITERAL) continue;
    const name = `${device} ${inode}`;
    files.set(name, { file: { device, inode }, bytes: (files.get(name)?.bytes ?? 0n) + end - start });
  }
  return [...files.values()]
    .sort((a, b) => (a.bytes < b.bytes ? 1 : -1))
    .slice(0, SEEDS)
    .map(({ file }) => file);
}

/**
 * The table of evicted pages has four entries a row, and no other map more rows: with 2^16, 262,144 folios are remembered at
 * 10 MB of kernel memory. Two maps have a number a CPU in each row: hosts with many CPUs get smaller ones.
 */
export function tableBits(cpus: number): number {
  if (cpus <= 32) return 16;
  return cpus <= 128 ? 15 : 14;
}
