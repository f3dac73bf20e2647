import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DoctorHost } from '../../../src/doctor/check.js';

const EVENTS = [
  'sched/sched_switch',
  'sched/sched_process_exit',
  'sched/sched_waking',
  'exceptions/page_fault_user',
  'filemap/mm_filemap_fault',
  'filemap/mm_filemap_delete_from_page_cache',
  'sock/sock_recv_length',
  'block/block_rq_issue',
];

/** A host in a temporary directory that lacks nothing; a test takes away what it is about. */
export class FakeHost {
  readonly root = mkdtempSync(join(tmpdir(), 'fake-host-'));

  constructor() {
    this.write('proc/self/status', 'CapEff:\t000001ffffffffff\n');
    this.write('proc/self/schedstat', '100 200 3\n');
    this.write('proc/self/limits', 'Max locked memory         65536                65536                bytes\n');
    this.write('proc/filesystems', 'nodev\tsysfs\nnodev\ttracefs\n');
    this.write('proc/sys/kernel/perf_event_paranoid', '2\n');
    this.write('sys/kernel/btf/vmlinux', '');
    this.namespace('pid', 4026531836);
    this.namespace('user', 4026531837);
    for (const event of EVENTS) this.directory(`sys/kernel/tracing/events/${event}`);
    for (const tool of ['flock', 'setpriv']) this.program(tool, 'exit 0');
    this.program('bpftrace', 'case "$1" in --version) echo bpftrace v0.17.0;; *) echo works;; esac');
  }

  /** As root with this tree, unless told otherwise. */
  view(changes: Partial<DoctorHost> = {}): DoctorHost {
    return {
      root: this.root,
      euid: 0,
      release: '6.18.0',
      arch: 'x86_64',
      node: '20.20.2',
      env: { PATH: '/usr/bin:/bin' },
      bpftrace: join(this.root, 'bin/bpftrace'),
      ...changes,
    };
  }

  write(path: string, text: string): void {
    this.directory(dirname(path));
    writeFileSync(join(this.root, path), text);
  }

  directory(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  program(name: string, script: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.root, 'bin', name), 0o755);
  }

  namespace(kind: 'pid' | 'user', inode: number): void {
    this.directory('proc/self/ns');
    this.remove(`proc/self/ns/${kind}`);
    symlinkSync(`${kind}:[${inode}]`, join(this.root, `proc/self/ns/${kind}`));
  }

  remove(path = ''): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }
}
