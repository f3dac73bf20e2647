import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestBpftrace } from '../support/bpftraces.js';
import { startGoread } from '../support/go.js';
import { REPOSITORY } from '../support/repository.js';
import { numberOf, Workload } from '../support/workload.js';
import { type Collected, collectStacks } from './collected.js';

const HERE = join(REPOSITORY, 'test/kernel/stacks');
const BPFTRACE = newestBpftrace()[0]?.path ?? '';

let directory: string;
let coldFile: string;
beforeAll(() => {
  directory = mkdtempSync('/var/tmp/faultscope-stacks-');
  coldFile = join(directory, 'cold');
  writeFileSync(coldFile, Buffer.alloc(64 << 20, 1), { flush: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Faults with such a function on their stack. */
function faultsUnder(collected: Collected, isIt: (name: string) => boolean): number {
  return collected
    .stacks('fault')
    .filter(({ user }) => collected.names(user).some(isIt))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Traces what it does between its line and its result. */
async function stacksOf(program: Workload): Promise<Collected> {
  try {
    return await collectStacks(program, BPFTRACE, async () => {
      // Drops it from the page cache, as far as it is not mapped.
      execFileSync('dd', [`if=${coldFile}`, 'iflag=nocache', 'count=0', 'status=none']);
      program.go();
      await program.events('result', 1);
    });
  } finally {
    await program.end();
    rmSync(`/tmp/perf-${program.pid}.map`, { force: true });
  }
}

test('Node: functions of JavaScript are named from its perf map, those of Node itself from the program', async () => {
  const shim = join(directory, 'coldalloc.so');
  execFileSync('cc', ['-O1', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', shim, join(HERE, 'coldalloc.c'), '-ldl']);
  const env = [`COLD_FILE=${coldFile}`, `LD_PRELOAD=${shim}`];
  // V8 also keeps a log, in the folder that it was started in if not told otherwise.
  const options = ['--perf-basic-prof', '--no-logfile-per-isolate', `--logfile=${join(directory, 'v8.log')}`];
  const node = new Workload('env', [...env, process.execPath, ...options, join(HERE, 'cold.js')]);
  await node.events('ready', 1);
  const collected = await stacksOf(node);
  const [result] = node.said('result');
  expect(collected.total('fault').count).toBe(result && numberOf(result, 'majflt'));
  expect(collected.sum('fault')).toEqual(collected.total('fault'));
  expect(faultsUnder(collected, (name) => /^JS:.*\b(serveRequest|touchRow) .*cold\.js/.test(name))).toBe(400);
  expect(faultsUnder(collected, (name) => name.startsWith('node::'))).toBe(400);
  const [stack] = collected.stacks('fault');
  expect(collected.symbol(stack?.user[0] ?? 0n)).toMatchObject({ module: '[jit]' });
});

test.skipIf(!existsSync('/usr/bin/javac'))('Java: methods are named from the perf map that jcmd writes', async () => {
  execFileSync('javac', ['-d', directory, join(HERE, 'Cold.java')]);
  const options = ['-XX:+PreserveFramePointer', '-Xmx64m', '-cp', directory];
  const java = new Workload('java', [...options, 'Cold', coldFile]);
  await java.events('ready', 1);
  execFileSync('jcmd', [String(java.pid), 'Compiler.perfmap'], { stdio: 'ignore' });
  const collected = await stacksOf(java);
  // Readahead, which a JVM does not turn off, may leave few.
  expect(collected.total('fault').count).toBeGreaterThan(0);
  expect(collected.sum('fault')).toEqual(collected.total('fault'));
  expect(faultsUnder(collected, (name) => name.includes('Cold.serveRequest'))).toBe(collected.total('fault').count);
});

test.each(['plain', 'stripped'] as const)('Go, %s: functions are named, and each has its faults', async (variant) => {
  const goread = await startGoread(2, ['-known', '101'], { version: '1.24', variant });
  let collected: Collected;
  try {
    collected = await collectStacks(goread, BPFTRACE, async () => {
      goread.go();
      await goread.events('goroutine', 7);
    });
  } finally {
    await goread.end();
  }
  const truth = new Map<string, number>();
  for (const event of goread.said('goroutine')) {
    const name = event.name ?? '';
    truth.set(name, (truth.get(name) ?? 0) + numberOf(event, 'touches'));
  }
  expect(truth.size).toBe(3);
  for (const [name, touches] of truth) {
    expect(
      faultsUnder(collected, (one) => one === name),
      name,
    ).toBe(touches);
  }
  expect(collected.sum('fault')).toEqual(collected.total('fault'));
});
