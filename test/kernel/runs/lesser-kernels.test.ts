import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultscope, type Outcome } from '../support/faultscope.js';
import { startWorkload, type Workload } from '../support/workload.js';

/** What Linux 6.12, 6.5, 6.3 and x86 brought. */
const LACKING = [
  'filemap/mm_filemap_fault',
  'block/block_io_start',
  'sock/sock_recv_length',
  'sock/sock_send_length',
  'exceptions/page_fault_user',
];

/** Runs a command in a mount namespace in which tracefs lacks some events, their directories too. */
const WITHOUT_EVENTS = `set -e
events=/sys/kernel/tracing/events
all=$1; shift
mount -t tmpfs tmpfs "$all"
for system in filemap block sock exceptions; do
  mkdir "$all/$system"
  mount --bind "$events/$system" "$all/$system"
  mount -t tmpfs tmpfs "$events/$system"
  for entry in "$all/$system"/*; do
    name=\${entry##*/}
    case " ${LACKING.join(' ')} " in *" $system/$name "*) continue ;; esac
    if [ -d "$entry" ]; then mkdir "$events/$system/$name"; else : >"$events/$system/$name"; fi
    mount --bind "$entry" "$events/$system/$name"
  done
done
exec "$@"`;
const HIDE = 'mount -t tmpfs tmpfs /sys/kernel/btf; exec "$@"';

function inNamespace(script: string, ...args: string[]): string[] {
  return ['unshare', '--mount', '--propagation', 'private', '/bin/sh', '-c', script, 'sh', ...args];
}

let directory: string;
let target: Workload;
beforeAll(async () => {
  directory = mkdtempSync('/var/tmp/faultscope-lesser-');
  const sizes = ['--threads', '2', '--rate', '400', '--mib', '64'];
  target = await startWorkload('coldmmap', ['--dir', directory, ...sizes]);
});
afterAll(async () => {
  await target.end();
  rmSync(directory, { recursive: true });
});

describe('on a kernel without the newer tracepoints', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    const sets = ['--pagecache', '--storage', '--requests', '--exact'];
    const args = ['--pid', `${target.pid}`, '--duration', '3s', ...sets];
    outcome = await faultscope(args, { before: inNamespace(WITHOUT_EVENTS, directory) });
  });

  /** State, variant and why not, of a probe set. */
  const probe = (set: string) => outcome.summary?.quality.probes.find((one) => one.set === set);

  test('faults and waits are traced all the same, and it is said what of files is unknown', () => {
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(probe('threads')).toMatchObject({
      state: 'stopped',
      variant: expect.stringMatching(/pages of files unknown$/),
    });
    expect(outcome.summary?.totals.majorFaults).toBeGreaterThan(100);
  });

  test('the page cache tells causes by the pages that a fault reads, and storage when a request was made by another event', () => {
    expect(probe('pagecache')?.variant).toMatch(/^causes by the pages that a fault reads, /);
    expect(outcome.summary?.pageCache?.causes.length).toBeGreaterThan(0);
    expect(probe('storage')?.variant).toMatch(/^block_getrq, /);
    expect(outcome.summary?.storage?.devices.length).toBeGreaterThan(0);
  });

  test('what cannot be had fails alone and says why', () => {
    expect(probe('requests')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('sock:sock_recv_length'),
    });
    expect(probe('entry')).toMatchObject({ state: 'failed', detail: expect.stringContaining('tracepoint') });
  });
});

describe('on a kernel without type information', () => {
  test('nothing is traced, and it is said what is missing', async () => {
    const args = ['--pid', `${target.pid}`, '--duration', '1s'];
    const { exitCode, stderr } = await faultscope(args, { before: inNamespace(HIDE) });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/kernel types \(BTF\)/);
  });

  test('a file of it does as well', async () => {
    const types = join(directory, 'kernel.btf');
    execFileSync('cp', ['/sys/kernel/btf/vmlinux', types]);
    const args = ['--pid', `${target.pid}`, '--duration', '2s'];
    const env: NodeJS.ProcessEnv = { ...process.env, BPFTRACE_BTF: types };
    // Those of the test's roots see other files.
    delete env.FAULTSCOPE_BPFTRACE;
    const { exitCode, stderr, summary } = await faultscope(args, { before: inNamespace(HIDE), env });
    expect(exitCode, stderr).toBe(0);
    expect(summary?.totals.majorFaults).toBeGreaterThan(50);
  });
});
