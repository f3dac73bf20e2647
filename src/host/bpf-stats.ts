import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { readProcFile } from './proc-file.js';

/** Number of bpf(2) by architecture, as uname -m names it (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h). */
const BPF_SYSCALL: { readonly [arch: string]: number } = { x86_64: 321, aarch64: 280, riscv64: 280 };

const PERL = ['/usr/bin/perl', '/bin/perl'].find((path) => existsSync(path));

/**
 * Has the kernel count for as long as it is told to: a descriptor of BPF_ENABLE_STATS (command 32, Linux 5.8 and later) is
 * open between "o" and "c". It is closed after a second by itself, and when its stdin ends. In 64-bit little endian as on
 * any architecture above.
 */
const KEEPER = `
my $fd = -1;
sub shut { syscall($ARGV[1], $fd) if $fd >= 0; $fd = -1 }
$SIG{ALRM} = \\&shut;
while (1) {
  my $n = sysread(STDIN, my $in, 1);
  next if !defined $n && $!{EINTR};
  last if !$n;
  if ($in eq "c") { alarm 0; shut(); next }
  my $attr = pack("L", 0);
  $fd = syscall($ARGV[0], 32, $attr, 4) if $fd < 0;
  alarm 1;
  syswrite(STDOUT, $fd >= 0 ? "1" : "0");
}`;

/** close(2), by architecture. */
const CLOSE_SYSCALL: { readonly [arch: string]: number } = { x86_64: 3, aarch64: 57, riscv64: 57 };

/** Whether the kernel counts the run time of every program all the time, because its administrator wants that. */
export function alwaysCounts(): boolean {
  return (readProcFile('/proc/sys/kernel/bpf_stats_enabled') ?? '').trim() === '1';
}

/**
 * Switches the kernel's counting of BPF programs' run time on for a moment. Not by kernel.bpf_stats_enabled, which is one for the whole
 * host and would stay as we left it: by a descriptor, of which there may be any number, and which the kernel closes with whoever
 * holds it. Node.js has no such system call, so that perl holds it.
 */
export class BpfStats {
  readonly #arch: string;
  #keeper: ChildProcessWithoutNullStreams | null = null;
  #answer: (counts: boolean) => void = () => {};

  constructor(arch: string) {
    this.#arch = arch;
  }

  /** Resolves with whether the kernel counts now. */
  open(): Promise<boolean> {
    const keeper = this.#started();
    if (keeper === null) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#answer = resolve;
      keeper.stdin.write('o');
    });
  }

  close(): void {
    this.#keeper?.stdin.write('c');
  }

  /** Who does it: the kernel lays the work of switching to it; null before the first time. */
  get pid(): number | null {
    return this.#keeper?.pid ?? null;
  }

  end(): void {
    this.#keeper?.stdin.end();
    this.#keeper = null;
  }

  #started(): ChildProcessWithoutNullStreams | null {
    const syscalls = [BPF_SYSCALL[this.#arch], CLOSE_SYSCALL[this.#arch]];
    if (PERL === undefined || syscalls.includes(undefined)) return null;
    if (this.#keeper !== null) return this.#keeper;
    const keeper = spawn(PERL, ['-e', KEEPER, ...syscalls.map(String)], { env: {}, detached: true });
    this.#keeper = keeper;
    keeper.stdout.on('data', (data: Buffer) => this.#answer(data.toString('latin1') === '1'));
    keeper.stderr.resume();
    const gone = (): void => {
      if (this.#keeper === keeper) this.#keeper = null;
      this.#answer(false);
    };
    keeper.on('error', gone).on('close', gone);
    // One that has ended meanwhile: its end is told as well.
    keeper.stdin.on('error', () => {});
    // It shall not keep us from ending.
    keeper.unref();
    for (const stream of keeper.stdio) if (stream instanceof Socket) stream.unref();
    return keeper;
  }
}
