/**
 * All that helpers of ours (bpftrace, fincore, stat, ...) get of an environment, as options of execa's. Whatever LD_PRELOAD,
 * BPFTRACE_STRLEN, PATH or the like we were started with is not for programs that we run as root. Only the command that
 * is launched to be observed gets what we got.
 */
export const CLEAN_ENVIRONMENT = {
  extendEnv: false,
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
} as const;
