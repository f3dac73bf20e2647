import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from './processes.js';
import { until } from './until.js';
import { Workload } from './workload.js';

/**
 * What a container runtime does: namespaces of its own for processes, mounts and cgroups, and a root of its own, an overlay
 * over ours whose upper layer is in memory. /srv is a folder of the disk. The last `exit` keeps the shell as its first process.
 */
const SCRIPT = `set -e
d=$1; shift
mount -t tmpfs tmpfs "$d/layers"
mkdir "$d/layers/upper" "$d/layers/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$d/layers/upper,workdir=$d/layers/work" "$d/root"
mount --bind "$d/data" "$d/root/srv"
cd "$d/root"
mkdir old
mount --rbind /dev dev
pivot_root . old
mount -t proc proc /proc
umount -l /old
eval "$1"; shift
"$@"
exit $?`;
const UNSHARE = ['--mount', '--pid', '--fork', '--kill-child', '--cgroup', '--propagation', 'private'];

/** A program in a container; its workload is the container's outermost process, which lives as long as that. */
export class Container {
  readonly workload: Workload;
  /** The container's first process, by our numbers. */
  readonly firstPid: number;
  /** The program, by our numbers and by its own. */
  readonly pid: number;
  readonly ownPid: number;
  readonly #directory: string;

  private constructor(directory: string, workload: Workload) {
    this.#directory = directory;
    this.workload = workload;
    this.firstPid = childrenOf(workload.pid)[0]?.pid ?? -1;
    this.pid = childrenOf(this.firstPid)[0]?.pid ?? -1;
    const numbers = /^NSpid:\s*\d+\s+(\d+)$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    this.ownPid = Number(numbers?.[1]);
  }

  /** Starts it and waits until it is set up. /srv/cold holds `coldMib` of random bytes; `prepare`: what a shell does in its root. */
  static async start(command: readonly string[], { coldMib = 64, prepare = '' } = {}): Promise<Container> {
    const directory = mkdtempSync('/var/tmp/faultscope-container-');
    for (const name of ['data', 'layers', 'root']) mkdirSync(join(directory, name));
    const cold = `of=${join(directory, 'data/cold')}`;
    execFileSync('dd', ['if=/dev/urandom', cold, 'bs=1M', `count=${coldMib}`, 'conv=fsync', 'status=none']);
    const script = ['/bin/sh', '-c', SCRIPT, 'sh', directory, prepare];
    const workload = new Workload('unshare', [...UNSHARE, ...script, ...command]);
    try {
      await workload.events('ready', 1);
      return new Container(directory, workload);
    } catch (error) {
      await workload.end();
      rmSync(directory, { recursive: true });
      throw error;
    }
  }

  /** Where we have what is /srv/cold inside. */
  get coldFile(): string {
    return join(this.#directory, 'data/cold');
  }

  async end(): Promise<void> {
    await this.workload.end();
    // Its mounts go with its last process.
    await until('the container to end', () => {
      try {
        rmSync(this.#directory, { recursive: true, force: true });
        return true;
      } catch {
        return false;
      }
    });
  }
}
