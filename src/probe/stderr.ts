/**
 * Reads bpftrace's stderr. Warnings come with source lines and carets behind them, in other shapes in each version, so
 * everything from a warning to the next error is dropped; what remains is why it failed.
 */
export class StderrReader {
  #inWarning = false;
  readonly #errors: string[] = [];

  line(line: string): void {
    if (HARMLESS.some((pattern) => pattern.test(line))) return;
    if (/\bWARNING: /.test(line)) {
      this.#inWarning = true;
    } else if (/\b(ERROR|FATAL): /.test(line)) {
      this.#inWarning = false;
      this.#keep(line);
    } else if (!this.#inWarning && line.trim() !== '') {
      this.#keep(line);
    }
  }

  /** One sentence saying why bpftrace failed; null where it said nothing. An outside string. */
  get reason(): string | null {
    const text = this.#errors.join('\n');
    const known = KNOWN.find(({ pattern }) => pattern.test(text));
    return known?.reason ?? this.#errors[0]?.replace(/^.*?(ERROR|FATAL): /, '') ?? null;
  }

  #keep(line: string): void {
    if (this.#errors.length < 20) this.#errors.push(line.slice(0, 500));
  }
}

/**
 * Said in normal operation. RLIMIT_MEMLOCK has not limited BPF maps since Linux 5.11, and 0.17 calls that an error;
 * newer versions announce probes on stderr. "Lost N events": we count our own records (src/probe/sequence.ts).
 */
const HARMLESS = [/couldn't set RLIMIT_MEMLOCK/, /^Attach(ing|ed) \d+ probes?/, /^Lost \d+ events/, /^\s*$/];

const KNOWN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /(only supports running|run bpftrace) as the root user/i, reason: 'bpftrace must run as root' },
  {
    pattern: /tracefs|tracing\/events|debugfs|available_events/i,
    reason: "the kernel's tracing files are not readable: mount -t tracefs tracefs /sys/kernel/tracing",
  },
  {
    // The main set runs: tracefs is there.
    pattern: /tracepoint not found: sock:sock_|No matches for tracepoint sock:sock_/i,
    reason: 'this kernel has no sock:sock_recv_length and sock:sock_send_length (Linux 6.3 and later)',
  },
  {
    // What 0.17 to 0.23 say also where tracefs is not mounted.
    pattern: /tracepoint not found: |No matches for tracepoint /i,
    reason:
      'a tracepoint that is needed is not there: this kernel lacks it, or tracefs is missing: mount -t tracefs tracefs /sys/kernel/tracing',
  },
  {
    pattern:
      /Unknown struct\/union|Cannot resolve unknown type|has no member|does not contain a field|Failed to parse BTF/i,
    reason: 'the kernel describes its types otherwise than expected, or has no BTF (/sys/kernel/btf/vmlinux)',
  },
  { pattern: /lockdown/i, reason: 'kernel lockdown forbids reading kernel memory from BPF' },
  { pattern: /Operation not permitted|EPERM/, reason: 'the kernel did not permit loading the BPF program' },
  { pattern: /Cannot allocate memory|ENOMEM/, reason: 'the kernel has no memory for the BPF maps' },
];
