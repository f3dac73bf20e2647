import { defineConfig } from 'vitest/config';

/** They need a fresh build. */
const REAL = { globalSetup: ['test/support/build.ts'] };

/** Where the hypervisor takes the CPUs away in mid-test, a test may be tried again: the report marks it `(retry x1)`. */
const RETRIED = { retry: 1 };

/** Property tests take seconds where the CPUs are busy. */
const UNIT = { testTimeout: 30_000 };

/** What HTML reports carry is built, and nothing else. */
const PAGE = { globalSetup: ['test/support/build-page.ts'] };

/**
 * Unit tests share their modules between files, which halves the time; these do not: one replaces modules of Node, the other cleans up
 * what a module has written.
 */
const APART = ['test/unit/export/write-file-hostile.test.ts', 'test/unit/host/go/binary.test.ts'];

/** What measures has the machine's CPUs to itself: its files run one after the other. */
const MEASURING = { ...REAL, ...RETRIED, fileParallelism: false, sequence: { groupOrder: 2 } };

/** What measures nothing runs two files at a time, before the others: a third would have to wait for a CPU. */
const SIDE_BY_SIDE = { ...RETRIED, maxWorkers: 2, sequence: { groupOrder: 1 } };

const KERNEL = { testTimeout: 120_000, hookTimeout: 120_000 };
/** Nothing but counts, names and bounds that a busy CPU does not move. */
const MEASURING_NOTHING = [
  '{containers,diff,go,host,recording,runs}/**/*',
  'files/{churn,places}',
  'requests/{counts,node-http,set}',
  'serve/*',
  'stacks/runtimes',
  'stall/{go-builds,goroutines,workloads}',
  'threads/{ended-rows,full-maps,variants}',
].map((path) => `test/kernel/${path}.test.ts`);

/** `unit` needs no root and takes seconds, `page` drives a browser, `tui` drives terminals, both parts of `kernel` trace real processes as root. */
export default defineConfig({
  test: {
    projects: [
      { test: { ...UNIT, ...PAGE, name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: APART, isolate: false } },
      { test: { ...UNIT, name: 'unit-apart', include: APART } },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          ...PAGE,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'tui',
          include: ['test/tui/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...REAL,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'packages',
          include: ['test/packages/**/*.test.ts'],
          // Takes a cross compiler and qemu.
          exclude: process.env.FAULTSCOPE_TEST_ARM64 ? [] : ['test/packages/arm64.test.ts'],
          globalSetup: ['test/support/build-packages.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          ...SIDE_BY_SIDE,
        },
      },
      { test: { name: 'kernel-side-by-side', include: MEASURING_NOTHING, ...KERNEL, ...REAL, ...SIDE_BY_SIDE } },
      {
        test: {
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          exclude: MEASURING_NOTHING,
          ...KERNEL,
          ...MEASURING,
        },
      },
    ],
  },
});
