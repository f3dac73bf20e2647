import { machine, release } from 'node:os';

/** `missing` stops the main job, seeing major faults by thread; `warn` takes something less away. */
export type CheckStatus = 'ok' | 'warn' | 'missing';

/** One line of the doctor's report. Outside strings in it are safe already. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** The command, as root, that mends it. */
  readonly mend?: string;
}

/** What a check may look at; tests give a tree of files of their own. */
export interface DoctorHost {
  /** Before every path: empty for this host. */
  readonly root: string;
  readonly euid: number;
  /** uname -r */
  readonly release: string;
  /** uname -m */
  readonly arch: string;
  /** process.versions.node */
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
  /** --bpftrace PATH */
  readonly bpftrace: string | undefined;
}

export function thisHost(env: NodeJS.ProcessEnv, bpftrace?: string): DoctorHost {
  return {
    root: '',
    euid: process.geteuid?.() ?? -1,
    release: release(),
    arch: machine(),
    node: process.versions.node,
    env,
    bpftrace,
  };
}
