import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Readable } from '../../../src/host/answers.js';
import type { InspectOptions } from '../../../src/host/runtime/inspect.js';
import type { KernelGo } from '../../../src/host/runtime/kernel-go.js';
import type { ObservedRuntime } from '../../../src/host/runtime/observed-runtime.js';
import type { FaultRecord, FaultscopeRecord, RuntimeFacts } from '../../../src/record/record.js';
import { RuntimeWatch, type RuntimeWatchOptions } from '../../../src/session/runtime-watch.js';

const KERNEL_GO: KernelGo = {
  gomaxprocsDelta: 0x1000n,
  tlsOffset: -8n,
  g: { m: 48, goid: 152, atomicstatus: 144, startpc: 304 },
  m: { g0: 0, curg: 192, p: 208 },
};

const GO: RuntimeFacts = {
  kind: 'go',
  version: 'go1.24.4',
  capacity: 2,
  capacitySource: 'GOMAXPROCS, read from the process',
  goroutines: true,
  goroutineDetail: 'verified',
};

const NATIVE: RuntimeFacts = {
  kind: 'native',
  version: null,
  capacity: null,
  capacitySource: null,
  goroutines: false,
  goroutineDetail: null,
};

/** A runtime that says what a test wants it to. */
class SaidRuntime implements ObservedRuntime {
  facts: RuntimeFacts;
  /** From the next reading on. */
  says: RuntimeFacts;
  kernelGo: KernelGo | null;
  isGone = false;
  isClosed = false;
  censuses = 0;
  asked: bigint[] = [];
  sysmon = 0;

  constructor(facts: RuntimeFacts, kernelGo: KernelGo | null = facts.kind === 'go' ? KERNEL_GO : null) {
    this.facts = facts;
    this.says = facts;
    this.kernelGo = kernelGo;
  }

  reread(): RuntimeFacts | null {
    this.facts = this.says;
    return this.isGone ? null : this.facts;
  }

  census(): ReturnType<ObservedRuntime['census']> {
    this.censuses += 1;
    return { total: 1, cells: [{ startPc: 0x77n, runnable: 0, running: 0, syscall: 0, waiting: 1 }] };
  }

  roles(): ReturnType<ObservedRuntime['roles']> {
    return this.sysmon === 0 ? [] : [{ kind: 'role', tid: this.sysmon, startTicks: 5, role: 'sysmon' }];
  }

  functionName(pc: bigint): string | null {
    this.asked.push(pc);
    return pc === 0xdeadn ? null : `main.f${pc}`;
  }

  close(): void {
    this.isClosed = true;
  }
}

let records: FaultscopeRecord[];
let nowNs: bigint;
let child: ChildProcess | undefined;
let inspected: InspectOptions[];
beforeEach(() => {
  records = [];
  nowNs = 10_000_000_000n;
  inspected = [];
});
afterEach(() => child?.kill('SIGKILL'));

/** A watch on `pid` to which the runtimes show themselves one after the other, at each inspection. */
function watch(
  runtimes: readonly SaidRuntime[],
  { pid = process.pid, launched = false, isReadable = true, readable = (): Readable => true } = {},
): RuntimeWatch {
  const left = [...runtimes];
  const options: RuntimeWatchOptions = {
    target: { pid, comm: 'app', exe: '/bin/app', launched },
    capacity: null,
    emit: (record) => records.push(record),
    nowNs: () => nowNs,
    readable,
    inspect: (_, options) => {
      inspected.push(options);
      const runtime = left.shift();
      if (runtime === undefined) throw new Error('it was not to be inspected again');
      return runtime;
    },
  };
  return new RuntimeWatch(options, isReadable);
}

function faultOf(startPc: bigint): FaultRecord {
  return {
    kind: 'fault',
    tid: 7,
    generation: 1,
    atNs: nowNs,
    address: 0x1000n,
    instruction: 0x2000n,
    latencyNs: 5,
    weight: 1,
    page: null,
    goroutine: { goid: 9n, status: 2, startPc },
  };
}

function kinds(): string[] {
  return records.map(({ kind }) => kind);
}

describe('what the runtime says', () => {
  test('is told at the beginning, and again only when it changes', () => {
    const said = new SaidRuntime(GO);
    const one = watch([said]);
    one.begin();
    one.tick();
    expect(records.filter(({ kind }) => kind === 'runtime')).toEqual([{ kind: 'runtime', atNs: nowNs, runtime: GO }]);
    said.says = { ...GO, capacity: 8 };
    one.tick();
    one.tick();
    const told = records.flatMap((record) => (record.kind === 'runtime' ? [record.runtime.capacity] : []));
    expect(told).toEqual([2, 8]);
  });

  test.each([
    [GO, KERNEL_GO, { kind: 'go', go: KERNEL_GO }],
    [{ ...GO, goroutines: false }, null, { kind: 'go-unknown' }],
    [{ ...NATIVE, kind: 'node', capacity: 1 } as const, null, { kind: 'event-loop' }],
    [{ ...NATIVE, kind: 'node', capacity: 4 } as const, null, { kind: 'native' }],
    [NATIVE, null, { kind: 'native' }],
  ])('decides what the kernel script looks for (%#)', (facts, kernelGo, expected) => {
    expect(watch([new SaidRuntime(facts, kernelGo)]).kernelRuntime).toEqual(expected);
  });

  test('sysmon is told once, as soon as it is there', () => {
    const said = new SaidRuntime(GO);
    const one = watch([said]);
    one.tick();
    said.sysmon = 42;
    one.tick();
    one.tick();
    expect(records.filter(({ kind }) => kind === 'role')).toMatchObject([{ tid: 42, role: 'sysmon' }]);
  });
});

describe('a capacity that the kernel script cannot read again', () => {
  const UNREADABLE: KernelGo = { ...KERNEL_GO, gomaxprocsDelta: null };
  const STARTED_ANEW = 'as tracing began; it is 8 now, start faultscope anew to count by that';

  test.each([
    ['of Go', new SaidRuntime(GO, UNREADABLE), 2],
    ['of Go whose goroutines cannot be traced', new SaidRuntime(GO, null), 2],
    ['of a program that had none', new SaidRuntime(NATIVE), null],
  ])('stays what full stalls are told from, and says so: %s', (_, said, counted) => {
    const one = watch([said]);
    one.begin();
    said.says = { ...GO, capacity: 8 };
    one.tick();
    expect(one.facts).toMatchObject({ capacity: counted, capacitySource: STARTED_ANEW });
  });

  test('is that of the file where the program, once begun, says the same', () => {
    const one = watch([new SaidRuntime(GO, UNREADABLE), new SaidRuntime(GO)], { launched: true });
    one.targetBegan();
    expect(one.facts).toEqual(GO);
  });
});

describe('names of functions', () => {
  test('go out before the first record that needs them, and once', () => {
    const said = new SaidRuntime(GO);
    const one = watch([said]);
    expect(one.admit(faultOf(0x10n))).toEqual(faultOf(0x10n));
    expect(one.admit(faultOf(0x10n))).not.toBeNull();
    const cell = { kind: 'goroutine-faults', cpu: 0, holding: true, count: 1, totalNs: 1, maxNs: 1 } as const;
    expect(one.admit({ ...cell, startPc: 0x20n })).toEqual({ ...cell, startPc: 0x20n });
    expect(one.admit({ ...cell, startPc: 0n })).toEqual({ ...cell, startPc: 0n });
    expect(records).toEqual([
      { kind: 'function', pc: 0x10n, name: 'main.f16' },
      { kind: 'function', pc: 0x20n, name: 'main.f32' },
    ]);
  });

  test('that are not known are asked for once and not told', () => {
    const said = new SaidRuntime(GO);
    const one = watch([said]);
    one.admit(faultOf(0xdeadn));
    one.admit(faultOf(0xdeadn));
    expect(said.asked).toEqual([0xdeadn]);
    expect(records).toEqual([]);
  });

  test('other records pass as they are', () => {
    const one = watch([new SaidRuntime(NATIVE)]);
    const tick = { kind: 'tick', atNs: 1n } as const;
    expect(one.admit(tick)).toBe(tick);
    const plain = { ...faultOf(0x10n), goroutine: null };
    expect(one.admit(plain)).toBe(plain);
  });
});

describe('a census', () => {
  test('comes with its names, every two seconds', () => {
    const said = new SaidRuntime(GO);
    const one = watch([said]);
    for (let i = 0; i < 5; i++) {
      one.tick();
      nowNs += 1_000_000_000n;
    }
    expect(kinds().filter((kind) => kind === 'goroutine-census')).toHaveLength(3);
    expect(kinds().indexOf('function')).toBeLessThan(kinds().indexOf('goroutine-census'));
  });

  test('that takes long comes more rarely', () => {
    const said = new SaidRuntime(GO);
    const slow = said.census.bind(said);
    said.census = () => {
      nowNs += 200_000_000n;
      return slow();
    };
    const one = watch([said]);
    for (let i = 0; i < 21; i++) {
      one.tick();
      nowNs += 1_000_000_000n;
    }
    // 0.2 s each and a fiftieth of the time: one in ten seconds.
    expect(said.censuses).toBeLessThanOrEqual(3);
    expect(said.censuses).toBeGreaterThanOrEqual(2);
  });

  test('is not taken of what has no goroutines', () => {
    const said = new SaidRuntime({ ...GO, goroutines: false });
    watch([said]).tick();
    expect(said.censuses).toBe(0);
  });
});

describe('goroutines that are not verified', () => {
  test('are left out until they are, and asked for again soon', () => {
    const said = new SaidRuntime({ ...GO, goroutines: false, goroutineDetail: 'no goroutine yet' });
    const one = watch([said]);
    one.begin();
    const cell = { kind: 'goroutine-faults', cpu: 0, holding: true, count: 1, totalNs: 1, maxNs: 1 } as const;
    expect(one.admit(faultOf(0x10n))?.goroutine).toBeNull();
    expect(one.admit({ ...cell, startPc: 0x10n })).toBeNull();
    said.says = GO;
    expect(one.admit(faultOf(0x10n))?.goroutine, 'not so soon').toBeNull();
    nowNs += 60_000_000n;
    expect(one.admit(faultOf(0x10n))?.goroutine).toEqual(faultOf(0x10n).goroutine);
    expect(kinds()).toEqual(['runtime', 'runtime', 'function']);
  });
});

describe('a launched target', () => {
  test('is inspected as the file that it will be, and again when it is', () => {
    const before = new SaidRuntime({ ...GO, goroutines: false, goroutineDetail: 'not verified yet' });
    const after = new SaidRuntime(GO);
    const one = watch([before, after], { launched: true });
    one.begin();
    expect(inspected[0]?.aboutToRun).toBe('/bin/app');
    expect(one.kernelRuntime).toEqual({ kind: 'go', go: KERNEL_GO });
    one.tick();
    expect(one.admit(faultOf(0x10n))?.goroutine).toBeNull();
    one.targetBegan();
    expect(inspected[1]?.aboutToRun).toBeNull();
    expect(before.isClosed).toBe(true);
    expect(one.admit(faultOf(0x10n))?.goroutine).not.toBeNull();
    expect(kinds()).toEqual(['runtime', 'runtime', 'function']);
  });
});

describe('a target that executes another program', () => {
  test('is inspected anew, and what the kernel script says of goroutines is not believed any more', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'runtime-watch-'));
    copyFileSync('/bin/sleep', join(directory, 'other'));
    child = spawn('/bin/sh', ['-c', `read line; exec ${directory}/other 600`], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await once(child, 'spawn');
    const first = new SaidRuntime(GO);
    const elsewhere = { ...KERNEL_GO, g: { ...KERNEL_GO.g, goid: 160 } };
    const second = new SaidRuntime({ ...GO, version: 'go1.27.1' }, elsewhere);
    const one = watch([first, second], { pid: child.pid ?? -1 });
    one.begin();
    one.admit(faultOf(0x10n));
    child.stdin?.write('\n');
    await expect
      .poll(() => {
        one.tick();
        return first.isClosed;
      })
      .toBe(true);
    expect(one.facts).toMatchObject({ version: 'go1.27.1', goroutines: false });
    expect(one.facts.goroutineDetail).toContain('anew');
    expect(one.admit(faultOf(0x10n))?.goroutine).toBeNull();
    rmSync(directory, { recursive: true });
  });

  test('of which the script happens to know enough goes on, with names of its own', () => {
    const first = new SaidRuntime(GO);
    const second = new SaidRuntime({ ...GO, capacity: 3 });
    const one = watch([first, second]);
    one.begin();
    one.admit(faultOf(0x10n));
    first.isGone = true;
    one.tick();
    one.admit(faultOf(0x10n));
    expect(one.facts).toMatchObject({ goroutines: true, capacity: 3 });
    expect(second.asked).toContain(0x10n);
  });
});

describe('a program on a file system that does not answer', () => {
  const UNREAD = { kind: 'native', capacity: null, goroutineDetail: expect.stringMatching(/does not answer/) };

  test('is not inspected, and it is said why nothing is known', () => {
    const one = watch([], { isReadable: false });
    one.begin();
    one.tick();
    expect(inspected).toEqual([]);
    expect(records).toEqual([{ kind: 'runtime', atNs: nowNs, runtime: expect.objectContaining(UNREAD) }]);
  });

  test('that is executed later is inspected once it answers', async () => {
    let answer = (_: boolean): void => {};
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const first = new SaidRuntime(GO);
    const one = watch([first, new SaidRuntime({ ...GO, version: 'go1.27.1' })], { readable: () => answered });
    one.begin();
    first.isGone = true;
    one.tick();
    expect(one.facts).toMatchObject({ kind: 'native', goroutineDetail: UNREAD.goroutineDetail });
    answer(true);
    await answered;
    await Promise.resolve();
    expect(one.facts).toMatchObject({ kind: 'go', version: 'go1.27.1' });
    expect(kinds()).toEqual(['runtime', 'runtime', 'runtime']);
  });
});
