import { join } from 'node:path';

const ALL = ['bookworm', 'trixie', 'testing'];

interface TestedBpftrace {
  readonly release: string;
  readonly path: string;
}

/** The versions to test, made by scripts/bpftrace-roots; FAULTSCOPE_TEST_BPFTRACE=bookworm,trixie limits them. */
export function bpftraces(): readonly TestedBpftrace[] {
  const chosen = process.env.FAULTSCOPE_TEST_BPFTRACE?.split(',') ?? ALL;
  const roots = process.env.FAULTSCOPE_BPFTRACE_ROOTS ?? '/var/cache/faultscope/bpftrace-roots';
  return chosen.map((release) => ({ release, path: join(roots, `bpftrace-${release}`) }));
}

/**
 * From now on this file's tests run the bpftrace that is installed, also in scripts/test-versions: those of the roots are behind
 * chroot(2), which takes a capability and shows them other files.
 */
export function useInstalledBpftrace(): void {
  delete process.env.FAULTSCOPE_BPFTRACE;
}

/**
 * The newest of them alone, as a list: for a test whose kernel script another test already runs with each version. In
 * scripts/test-versions each version is the newest in turn.
 */
export function newestBpftrace(): readonly TestedBpftrace[] {
  return bpftraces().slice(-1);
}
