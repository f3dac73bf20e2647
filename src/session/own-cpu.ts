import { endedChildrenCpuNs } from '../host/process-cost.js';
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
  /** What bpftraces that have ended were metered with: it comes again with the children's time. */
  #meteredNs = 0;
  #childrenNs = 0;

  begin(): void {
    this.#sessions += 1;
    this.#settle();
  }

  end(): void {
    this.#settle();
    this.#sessions -= 1;
  }

  /** A bpftrace has ended, of which so much was metered. */
  ended(cpuNs: number): void {
    this.#meteredNs += cpuNs;
  }

  /** One session's part since this process began; the difference of two readings counts. */
  readNs(): number {
    this.#settle();
    return this.#eachNs;
  }

  #settle(): void {
    const { user, system } = process.cpuUsage();
    this.#childrenNs = Math.max(this.#childrenNs, endedChildrenCpuNs() - this.#meteredNs);
    const nowNs = (user + system) * 1000 + this.#childrenNs + statsWindows.cpuNs;
    if (this.#sessions > 0) this.#eachNs += Math.max(0, nowNs - this.#toldNs) / this.#sessions;
    this.#toldNs = nowNs;
  }
}

export const ownCpu = new OwnCpu();
