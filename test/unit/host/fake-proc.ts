import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeTask {
  readonly comm?: string;
  readonly state?: string;
  readonly parentPid?: number;
  readonly flags?: number;
  readonly minorFaults?: number;
  readonly majorFaults?: number;
  readonly userTicks?: number;
  readonly systemTicks?: number;
  readonly threads?: number;
  readonly startTicks?: number;
  readonly rssPages?: number;
  readonly onCpuNs?: bigint;
  readonly runQueueNs?: bigint;
  readonly syscall?: string;
}

/** A stat line as do_task_stat() prints it, every field that nobody reads being 7. */
export function statText(pid: number, task: FakeTask = {}): string {
  const fields = new Array<string | number>(53).fill(7);
  fields[1] = pid;
  fields[2] = `(${task.comm ?? 'app'})`;
  fields[3] = task.state ?? 'S';
  fields[4] = task.parentPid ?? 1;
  fields[9] = task.flags ?? 4194304;
  fields[10] = task.minorFaults ?? 0;
  fields[12] = task.majorFaults ?? 0;
  fields[14] = task.userTicks ?? 0;
  fields[15] = task.systemTicks ?? 0;
  fields[20] = task.threads ?? 1;
  fields[22] = task.startTicks ?? 100;
  fields[24] = task.rssPages ?? 0;
  return `${fields.slice(1).join(' ')}\n`;
}

/** A /proc in a temporary directory, for what a test cannot have happen to real processes on demand. */
export class FakeProc {
  readonly root = mkdtempSync(join(tmpdir(), 'fake-proc-'));

  constructor() {
    writeFileSync(join(this.root, 'vmstat'), 'nr_free_pages 5\npgfault 4242\npgmajfault 17\n');
    mkdirSync(join(this.root, 'self/ns'), { recursive: true });
  }

  process(
    pid: number,
    task: FakeTask = {},
    argv: readonly string[] = ['app'],
    exe: string | null = '/usr/bin/app',
  ): void {
    const directory = join(this.root, `${pid}`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, 'task'), { recursive: true });
    writeFileSync(join(directory, 'stat'), statText(pid, task), 'latin1');
    writeFileSync(join(directory, 'status'), `Name:\t${task.comm ?? 'app'}\nTgid:\t${pid}\nPid:\t${pid}\n`);
    writeFileSync(join(directory, 'cmdline'), argv.map((argument) => `${argument}\0`).join(''));
    if (exe !== null) symlinkSync(exe, join(directory, 'exe'));
  }

  /** In a PID namespace further in: its numbers from ours to its own. */
  inNamespace(inode: number, pids: readonly number[], parentPid: number): void {
    const [pid = 0] = pids;
    this.process(pid, { comm: `app-${pids.join('-')}`, parentPid });
    const directory = join(this.root, `${pid}`);
    const numbers = `Tgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parentPid}\nNSpid:\t${pids.join('\t')}\n`;
    writeFileSync(join(directory, 'status'), `Name:\tapp\n${numbers}`);
    mkdirSync(join(directory, 'ns'));
    symlinkSync(`pid:[${inode}]`, join(directory, 'ns/pid'));
  }

  updateProcess(pid: number, task: FakeTask): void {
    writeFileSync(join(this.root, `${pid}/stat`), statText(pid, task), 'latin1');
  }

  thread(pid: number, tid: number, task: FakeTask = {}): void {
    const directory = join(this.root, `${pid}/task/${tid}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'stat'), statText(tid, task), 'latin1');
    writeFileSync(join(directory, 'schedstat'), `${task.onCpuNs ?? 1n} ${task.runQueueNs ?? 2n} 3\n`);
    writeFileSync(join(directory, 'syscall'), task.syscall ?? 'running\n');
  }

  /** /proc/TID of a thread: not listed by the kernel, but there. */
  threadStatus(tid: number, leader: number): void {
    writeFileSync(join(this.root, `${tid}/status`), `Name:\tapp\nTgid:\t${leader}\nPid:\t${tid}\n`);
  }

  endThread(pid: number, tid: number): void {
    rmSync(join(this.root, `${pid}/task/${tid}`), { recursive: true });
  }

  endProcess(pid: number): void {
    rmSync(join(this.root, `${pid}`), { recursive: true });
  }

  pidNamespace(inode: number): void {
    symlinkSync(`pid:[${inode}]`, join(this.root, 'self/ns/pid'));
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
