/** CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns() and of every `atNs` in a record. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}
