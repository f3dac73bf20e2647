import { join } from 'node:path';

const ALL = ['bookworm', 'trixie', 'testing'];

/** The versions to test, made by scripts/bpftrace-roots; FAULTSCOPE_TEST_BPFTRACE=bookworm,trixie limits them. */
export function bpftraces(): readonly { readonly release: string; readonly path: string }[] {
  const chosen = process.env.FAULTSCOPE_TEST_BPFTRACE?.split(',') ?? ALL;
  const roots = process.env.FAULTSCOPE_BPFTRACE_ROOTS ?? '/var/cache/faultscope/bpftrace-roots';
  return chosen.map((release) => ({ release, path: join(roots, `bpftrace-${release}`) }));
}
