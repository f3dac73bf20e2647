import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;
const ROOTS = process.env.FAULTSCOPE_BPFTRACE_ROOTS ?? '/var/cache/faultscope/bpftrace-roots';
/** Long enough for every tool to have attached; bpftrace 0.27 takes 0.6 s, a bcc tool compiles for 2 s. */
const SETTLE_MS = 4000;
const STOP_MS = 10_000;
/** None ends by itself while it is measured. */
const FOR_EVER_S = '3600';
/** What one would type to see who fills the page cache. */
const ADDED_AND_REMOVED = `
tracepoint:filemap:mm_filemap_add_to_page_cache { @added[comm, pid] = count(); }
tracepoint:filemap:mm_filemap_delete_from_page_cache { @removed[comm, pid] = count(); }`;
/** What one would type to see where a process takes major faults, and where it gives up the CPU. */
const faultsByStack = (pid) => `software:major-faults:1 /pid == ${pid}/ { @[ustack, kstack] = count(); }`;
const switchesByStack = (pid) => `tracepoint:sched:sched_switch /pid == ${pid}/ { @[ustack, kstack] = count(); }`;

function isInstalled(program) {
  return spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
}

function bpftraceVersion(program) {
  return spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim().replace('bpftrace v', '');
}

function faultscope(bpftrace, extra = []) {
  return {
    name: ['faultscope', ...extra, `(bpftrace ${bpftraceVersion(bpftrace)})`].join(' '),
    command: (pid, scratch) => [
      process.execPath,
      CLI,
      ...['--pid', String(pid), '--headless', '--duration', `${FOR_EVER_S}s`],
      ...['--bpftrace', bpftrace, '--export', join(scratch, 'summary.json'), ...extra],
    ],
  };
}

/** Every way of looking on that this machine has; the first is not to look. */
export function findPeers() {
  const peers = [{ name: 'nobody looks on', command: null }];
  const bpftraces = ['bookworm', 'trixie', 'testing']
    .map((suite) => join(ROOTS, `bpftrace-${suite}`))
    .filter(existsSync);
  if (existsSync(CLI)) {
    peers.push(...bpftraces.map((bpftrace) => faultscope(bpftrace)));
    peers.push(...bpftraces.slice(0, 1).map((bpftrace) => faultscope(bpftrace, ['--exact'])));
    peers.push(...bpftraces.slice(0, 2).map((bpftrace) => faultscope(bpftrace, ['--requests'])));
    peers.push(...bpftraces.slice(0, 2).map((bpftrace) => faultscope(bpftrace, ['--storage'])));
    peers.push(...bpftraces.map((bpftrace) => faultscope(bpftrace, ['--wakers'])));
    peers.push(...bpftraces.slice(0, 2).map((bpftrace) => faultscope(bpftrace, ['--stacks'])));
    peers.push(...bpftraces.slice(0, 2).map((bpftrace) => faultscope(bpftrace, ['--pagecache'])));
  }
  const others = [
    {
      name: 'perf sched record',
      program: 'perf',
      command: (_pid, scratch) => ['perf', 'sched', 'record', '-o', join(scratch, 'perf.data'), 'sleep', FOR_EVER_S],
    },
    {
      name: 'perf trace -F maj -p',
      program: 'perf',
      command: (pid) => ['perf', 'trace', '--no-syscalls', '-F', 'maj', '-p', String(pid)],
    },
    {
      name: 'offcputime -p (libbpf-tools)',
      program: 'offcputime',
      command: (pid) => ['offcputime', '-p', String(pid), FOR_EVER_S],
    },
    {
      name: 'offcputime -p (bcc)',
      program: 'offcputime-bpfcc',
      command: (pid) => ['offcputime-bpfcc', '-p', String(pid), FOR_EVER_S],
    },
    {
      name: 'perf record -e major-faults -c 1 -g -p',
      program: 'perf',
      command: (pid, scratch) => [
        ...['perf', 'record', '-e', 'major-faults', '-c', '1', '-g'],
        ...['-p', String(pid), '-o', join(scratch, 'perf.data')],
      ],
    },
    {
      name: 'bpftrace, major faults by stack',
      program: 'bpftrace',
      command: (pid) => ['bpftrace', '-e', faultsByStack(pid)],
    },
    {
      name: 'bpftrace, switches by stack',
      program: 'bpftrace',
      command: (pid) => ['bpftrace', '-e', switchesByStack(pid)],
    },
    {
      name: 'biolatency -D (libbpf-tools)',
      program: 'biolatency',
      command: () => ['biolatency', '-D', FOR_EVER_S],
    },
    {
      name: 'biosnoop -Q (libbpf-tools)',
      program: 'biosnoop',
      command: () => ['biosnoop', '-Q'],
    },
    {
      name: 'biolatency.bt (bpftrace)',
      program: 'biolatency.bt',
      command: () => ['biolatency.bt'],
    },
    {
      name: 'wakeuptime -p (libbpf-tools)',
      program: 'wakeuptime',
      command: (pid) => ['wakeuptime', '-p', String(pid), FOR_EVER_S],
    },
    {
      name: 'wakeuptime -p (bcc)',
      program: 'wakeuptime-bpfcc',
      command: (pid) => ['wakeuptime-bpfcc', '-p', String(pid), FOR_EVER_S],
    },
    {
      name: 'offwaketime -p (bcc)',
      program: 'offwaketime-bpfcc',
      command: (pid) => ['offwaketime-bpfcc', '-p', String(pid), FOR_EVER_S],
    },
    {
      // Kprobes; per process, hits and misses of the page cache.
      name: 'cachetop (bcc)',
      program: 'cachetop-bpfcc',
      command: () => ['cachetop-bpfcc', FOR_EVER_S],
    },
    {
      name: 'bpftrace, pages added and removed by comm',
      program: 'bpftrace',
      command: () => ['bpftrace', '-e', ADDED_AND_REMOVED],
    },
  ];
  return [...peers, ...others.filter(({ program }) => isInstalled(program))];
}

function lastLine(path) {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.at(-1).slice(0, 160);
}

async function stop(child, exit) {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(timer);
}

/** Starts the peer on `pid` and resolves to what stops it; rejects with the peer's last line if it does not stay. */
export async function attachPeer(peer, pid) {
  if (peer.command === null) {
    // As long as the others take to attach: a workload that has waited runs otherwise than one that has not.
    await sleep(SETTLE_MS);
    return async () => {};
  }
  const scratch = mkdtempSync(join(tmpdir(), 'faultscope-bench-'));
  const output = join(scratch, 'output');
  const [program, ...args] = peer.command(pid, scratch);
  const descriptor = openSync(output, 'w');
  const child = spawn(program, args, { stdio: ['ignore', descriptor, descriptor] });
  const exit = once(child, 'exit');
  const stayed = await Promise.race([exit.then(() => false), sleep(SETTLE_MS, true)]);
  if (!stayed) {
    const reason = lastLine(output);
    rmSync(scratch, { recursive: true });
    throw new Error(reason);
  }
  return async () => {
    const running = child.exitCode === null && child.signalCode === null;
    // Some end in good order when their target does.
    const failed = !running && child.exitCode !== 0;
    if (running) await stop(child, exit);
    const reason = lastLine(output);
    rmSync(scratch, { recursive: true });
    if (failed) throw new Error(reason);
  };
}
