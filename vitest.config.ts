import { defineConfig } from 'vitest/config';

/**
 * Three projects: `unit` needs no root and takes seconds, `tui` drives terminals, `kernel` traces real processes as
 * root. The last two share one machine's CPUs and tracing, so their files run one after the other.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { test: { name: 'tui', include: ['test/tui/**/*.test.ts'], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'kernel', include: ['test/kernel/**/*.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
