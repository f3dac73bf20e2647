import { endedChildrenCpuNs, processCpuNs } from '../host/process-cost.js';
import { statsWindows } from './stats-windows.js';

/**
 * CPU time of this process and of what it had done by others (fincore, bpftraces that did not start), bpftraces that run
 * left out: they are metered by themselves. Where there are several sessions, each bears an equal part of what comes while
 * it is there.
 */
class OwnCpu {
  #sessions = 0;
  #toldNs = 0;
  #eachNs = 0;
  /** Bpftraces that run, and what each was metered with so far. */
  readonly #running = new Map<number, number>();
  /** What bpftraces that have ended were metered with: it comes again with the children's time. */
  #meteredNs = 0;
  #endedNs = 0;
  #childrenNs = 0;

  begin(): void {
    this.#sessions += 1;
    this.#settle();
  }

  end(): void {
    this.#settle();
    this.#sessions -= 1;
  }

  /** A bpftrace was metered with so much since it began. */
  metered(pid: number, cpuNs: number): void {
    this.#running.set(pid, cpuNs);
  }

  /** One session's part since this process began; the difference of two readings counts. */
  readNs(): number {
    this.#settle();
    return this.#eachNs;
  }

  #settle(): void {
    const { user, system } = process.cpuUsage();
    const endedNs = endedChildrenCpuNs();
    if (endedNs !== this.#endedNs) this.#takeEnded();
    this.#endedNs = endedNs;
    this.#childrenNs = Math.max(this.#childrenNs, endedNs - this.#meteredNs);
    const nowNs = (user + system) * 1000 + this.#childrenNs + statsWindows.cpuNs;
    if (this.#sessions > 0) this.#eachNs += Math.max(0, nowNs - this.#toldNs) / this.#sessions;
    this.#toldNs = nowNs;
  }

  /** At once, or all of a bpftrace's life would be taken for ours of the last second, and the governor would save on it. */
  #takeEnded(): void {
    for (const [pid, cpuNs] of this.#running) {
      if (processCpuNs(pid) !== null) continue;
      this.#meteredNs += cpuNs;
      this.#running.delete(pid);
    }
  }
}

export const ownCpu = new OwnCpu();
