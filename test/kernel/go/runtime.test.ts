import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openGoBinary } from '../../../src/host/go/binary.js';
import type { GoBinary, GoLayout } from '../../../src/host/go/types.js';
import { inspectRuntime } from '../../../src/host/runtime/inspect.js';
import { loadBias } from '../../../src/host/runtime/load-bias.js';
import type { ObservedRuntime } from '../../../src/host/runtime/observed-runtime.js';
import { ProcessMemory } from '../../../src/host/runtime/process-memory.js';
import { startCode } from '../../../src/host/runtime/start-code.js';
import { verifyGoroutines } from '../../../src/host/runtime/verify-goroutines.js';
import { GO_VARIANTS, GO_VERSIONS, type GoVariant, type GoVersion, goWorkload } from '../support/go.js';
import { runsProgramsOf32Bits } from '../support/programs-of-32-bits.js';
import { REPOSITORY } from '../support/repository.js';
import { until } from '../support/until.js';
import { numberOf, startWorkload, type Workload, type WorkloadEvent } from '../support/workload.js';

const RUNS_32_BITS = runsProgramsOf32Bits();

/** Programs without a runtime: what, compiled by, with. */
const NATIVE: readonly (readonly [string, string, readonly string[]])[] = [
  ['a static program', 'gcc', ['-static']],
  ['a static program without a C library', 'gcc', ['-static', '-nostdlib', '-DBARE']],
  ...(RUNS_32_BITS ? [['one of 32 bits', 'gcc', ['-m32', '-static', '-nostdlib', '-DBARE']] as const] : []),
  ['one that is linked to musl', 'musl-gcc', []],
];

let workload: Workload | undefined;
let runtime: ObservedRuntime | undefined;
afterEach(async () => {
  runtime?.close();
  runtime = undefined;
  await workload?.end();
  workload = undefined;
});

/** scripts/workloads/go/gostate, ready for its first step. */
async function gostate(version: GoVersion, variant: GoVariant, steps: readonly string[] = []): Promise<Workload> {
  workload = await startWorkload(goWorkload('gostate', { version, variant }), steps);
  await workload.events('state', 1);
  return workload;
}

/** What the program says of itself after its n-th step. */
async function stateAfter(steps: number): Promise<WorkloadEvent> {
  if (steps > 0) workload?.go();
  const states = await workload?.events('state', steps + 1);
  const state = states?.[steps];
  if (state === undefined) throw new Error('it has said nothing');
  return state;
}

function inspect(pid: number): ObservedRuntime {
  runtime = inspectRuntime(pid, { capacityOverride: null, aboutToRun: null });
  return runtime;
}

/** Goroutines by the name of their start function, those of the runtime's own apart. */
function censusOf(observed: ObservedRuntime): {
  readonly program: number;
  readonly cells: { [name: string]: { runnable: number; running: number; syscall: number; waiting: number } };
} {
  const cells = (observed.census()?.cells ?? []).map(({ startPc, ...counts }) => ({
    name: observed.functionName(startPc) ?? '?',
    counts,
  }));
  const own = cells.filter(({ name }) => name === 'runtime.main' || !name.startsWith('runtime.'));
  const sum = own.flatMap(({ counts }) => Object.values(counts)).reduce((all, one) => all + one, 0);
  return { program: sum, cells: Object.fromEntries(own.map(({ name, counts }) => [name, counts])) };
}

describe.each(GO_VERSIONS)('of a program of Go %s', (version) => {
  test.each(GO_VARIANTS)(
    'built %s, capacity, goroutines and their functions are what it says itself',
    async (variant) => {
      const { pid } = await gostate(version, variant, ['wait=300', 'work=3', 'procs=5', 'end=200']);
      const first = await stateAfter(0);
      const observed = inspect(pid);
      expect(observed.facts).toMatchObject({
        kind: 'go',
        version: first.name,
        capacity: numberOf(first, 'procs'),
        capacitySource: 'GOMAXPROCS, read from the process',
        goroutines: true,
      });
      expect(observed.facts.goroutineDetail).toMatch(/held against \d+ goroutines and \d+ threads/);

      const waiting = await stateAfter(1);
      expect(censusOf(observed)).toMatchObject({
        program: numberOf(waiting, 'goroutines'),
        cells: { 'main.(*keeper).wait': { runnable: 0, running: 0, syscall: 0, waiting: 300 } },
      });

      await stateAfter(2);
      const { 'main.work': work } = censusOf(observed).cells;
      expect((work?.running ?? 0) + (work?.runnable ?? 0)).toBe(3);

      expect(numberOf(await stateAfter(3), 'procs')).toBe(5);
      expect(observed.reread()?.capacity).toBe(5);

      const ended = await stateAfter(4);
      expect(censusOf(observed).program).toBe(numberOf(ended, 'goroutines'));
    },
  );

  test('sysmon is the thread that only sleeps for short whiles', async () => {
    const { pid } = await gostate(version, 'plain', ['work=4']);
    await stateAfter(1);
    const roles = inspect(pid).roles();
    expect(roles).toHaveLength(1);
    const [sysmon] = roles;
    // usleep() is nanosleep(2), number 35, and nobody else calls it while all Ps are busy.
    const sleeps = () => readFileSync(`/proc/${pid}/task/${sysmon?.tid}/syscall`, 'utf8').startsWith('35 ');
    await until('sysmon to sleep', sleeps);
    expect(sysmon?.role).toBe('sysmon');
  });

  test('the kernel script finds GOMAXPROCS from where the code starts, as it says before its start too', async () => {
    for (const variant of ['plain', 'shipped'] as const) {
      const { pid } = await gostate(version, variant);
      const { kernelGo } = inspect(pid);
      const memory = ProcessMemory.open(pid);
      const at = (startCode(pid) ?? 0n) + (kernelGo?.gomaxprocsDelta ?? 0n);
      expect(memory?.int32(at)).toBe(numberOf(await stateAfter(0), 'procs'));
      memory?.close();

      const before = inspectRuntime(process.pid, { capacityOverride: null, aboutToRun: `/proc/${pid}/exe` });
      expect(before.facts).toMatchObject({ kind: 'go', goroutines: false, goroutineDetail: /not verified yet/ });
      expect(before.kernelGo).toMatchObject({ tlsOffset: kernelGo?.tlsOffset, g: kernelGo?.g, m: kernelGo?.m });
      if (variant === 'plain') expect(before.kernelGo?.gomaxprocsDelta).toBe(kernelGo?.gomaxprocsDelta);
      before.close();
      runtime?.close();
      runtime = undefined;
      await workload?.end();
    }
  });

  test('offsets that are wrong are not believed, however they are wrong', async () => {
    const { pid } = await gostate(version, 'plain', ['wait=50', 'work=2']);
    await stateAfter(1);
    await stateAfter(2);
    const binary = openGoBinary(`/proc/${pid}/exe`);
    const [memory, bias] = [ProcessMemory.open(pid), loadBias(pid)];
    if (binary === null || binary.layout === null || memory === null || bias === null) throw new Error('no Go program');
    const { layout } = binary;
    const withLayout = (wrong: GoLayout): GoBinary => Object.create(binary, { layout: { value: wrong } });
    const verify = (wrong: GoLayout) => verifyGoroutines({ pid, binary: withLayout(wrong), memory, bias });
    expect(verify(layout).verified).toBe(true);
    for (const field of ['m', 'goid', 'atomicstatus', 'startpc'] as const) {
      for (const by of [-16, -8, 8, 16]) {
        const wrong = { ...layout, g: { ...layout.g, [field]: layout.g[field] + by } };
        expect(verify(wrong).verified, `g.${field} ${by}`).toBe(false);
      }
    }
    for (const field of ['g0', 'procid', 'curg', 'p', 'alllink'] as const) {
      const wrong = { ...layout, m: { ...layout.m, [field]: layout.m[field] + 8 } };
      expect(verify(wrong).verified, `m.${field}`).toBe(false);
    }
    memory.close();
    binary.close();
  });
});

test('ten thousand goroutines are counted one by one, and a hundred thousand closely', async () => {
  const { pid } = await gostate('newest', 'plain', ['wait=10000', 'wait=90000']);
  const observed = inspect(pid);
  const thousands = await stateAfter(1);
  expect(censusOf(observed).program).toBeGreaterThan(numberOf(thousands, 'goroutines') * 0.999);
  const all = numberOf(await stateAfter(2), 'goroutines');
  expect(Math.abs(censusOf(observed).program - all)).toBeLessThan(all * 0.01);
});

describe('no harm is done to', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runtime-test-'));
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));
  afterAll(() => rmSync(directory, { recursive: true }));

  async function running(file: string): Promise<number> {
    child = spawn(file, [], { env: { GOMAXPROCS: '6' }, stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');
    return child.pid ?? -1;
  }

  test.skipIf(!RUNS_32_BITS)(
    'a Go program of 32 bits: its capacity is assumed, and its goroutines are left alone',
    async () => {
      const file = join(directory, 'go386');
      const argv = ['build', '-buildvcs=false', '-o', file, './gostate'];
      const env = { ...process.env, GOARCH: '386', CGO_ENABLED: '0', GOCACHE: '/var/cache/faultscope/go/build-cache' };
      execFileSync('/var/cache/faultscope/go/1.24/bin/go', argv, {
        cwd: join(REPOSITORY, 'scripts/workloads/go'),
        env,
      });
      const observed = inspect(await running(file));
      expect(observed.facts).toMatchObject({
        kind: 'go',
        version: expect.stringMatching(/^go1\.24/),
        capacity: 6,
        capacitySource: 'GOMAXPROCS in its environment',
        goroutines: false,
        goroutineDetail: 'goroutines are told on x86-64 only',
      });
      expect(observed.kernelGo).toBeNull();
      expect(observed.reread()).toEqual(observed.facts);
    },
  );

  test.each(NATIVE)('%s: it is native', async (name, compiler, flags) => {
    const file = join(directory, name.replaceAll(' ', '-'));
    const source = `
#ifdef BARE
void _start(void) { for (;;) ; }
#else
#include <unistd.h>
int main(void) { return pause(); }
#endif
`;
    execFileSync(compiler, [...flags, '-x', 'c', '-o', file, '-'], { input: source });
    const observed = inspect(await running(file));
    expect(observed.facts).toMatchObject({ kind: 'native', capacity: null, goroutines: false });
  });
});

test('a program that ends says no more', async () => {
  const ending = await gostate('1.24', 'plain');
  const observed = inspect(ending.pid);
  expect(observed.reread()).not.toBeNull();
  await ending.end();
  expect(observed.reread()).toBeNull();
  expect(observed.census()).toBeNull();
  expect(observed.roles()).toEqual([]);
});
