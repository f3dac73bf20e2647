import { defineConfig } from 'vitest/config';

/**
 * They share one machine's CPUs and tracing, so their files run one after the other, on a fresh build. Where the
 * hypervisor takes the CPUs away in mid-test, a test may be tried again: the report marks it `(retry x1)`.
 */
const REAL = { fileParallelism: false, globalSetup: ['test/support/build.ts'], retry: 1 };

/** `unit` needs no root and takes seconds, `tui` drives terminals, `kernel` traces real processes as root. */
export default defineConfig({
  test: {
    projects: [
      // Property tests take seconds where the CPUs are busy.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'tui', include: ['test/tui/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, ...REAL } },
      {
        test: {
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...REAL,
        },
      },
    ],
  },
});
