import fc, { type Arbitrary } from 'fast-check';
import { EVICTION_WAYS, FAULT_CAUSES } from '../../../src/record/page-cache.js';
import { type FaultscopeRecord, MAPPING_KINDS, PROBE_SETS } from '../../../src/record/record.js';
import { IO_ORIGINS } from '../../../src/record/storage.js';
import { WAKER_KINDS } from '../../../src/record/wakers.js';
import type { RecordOf } from '../../../src/recording/shapes.js';

const whole = fc.oneof(fc.nat(300), fc.maxSafeNat());
const bits64 = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n));
const atNs = fc.oneof(fc.bigInt(0n, 10n ** 15n), fc.bigInt(0n, 2n ** 63n - 1n));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('half \ud83d of a pair'));
const name = fc.option(text);
const pid = fc.nat(2 ** 22);
const generation = fc.nat(2 ** 14 - 1);
const startTicks = fc.nat({ max: 2 ** 40 });
const code = fc.nat(2 ** 17 - 1);
const bucket = fc.nat(255);
const device = fc.nat(2 ** 32 - 1);
const bool = fc.boolean();
const pageIndex = fc.bigInt(0n, 2n ** 52n - 1n);
const number = fc.maxSafeNat().map((value) => Math.floor(value / 4));

const thread = { tid: pid, generation };
const file = { device, inode: bits64 };
const actor = fc.record({ pid, generation });
const sums = { count: whole, totalNs: whole };
const cell = { bucket, ...sums, maxNs: whole };
const set = fc.constantFrom(...PROBE_SETS);
const way = fc.constantFrom(...EVICTION_WAYS);
const cause = fc.constantFrom(...FAULT_CAUSES, 'not-sampled' as const);
const eviction = fc.option(fc.record({ actor, way, atNs: fc.option(atNs) }));
const pressure = fc.option(fc.record({ someUs: whole, fullUs: whole }));
const stackKind = fc.constantFrom('fault' as const, 'off-cpu' as const);

const optionally = <T extends object, U extends object>(
  needed: Arbitrary<T>,
  more: Arbitrary<U>,
): Arbitrary<T | (T & U)> =>
  fc.oneof(
    needed,
    fc.tuple(needed, more).map(([a, b]) => ({ ...a, ...b })),
  );

const kind = <const K extends FaultscopeRecord['kind']>(of: K) => ({ kind: fc.constant(of) });

type Arbitraries = { readonly [K in FaultscopeRecord['kind']]: Arbitrary<RecordOf<K>> };

/** Any record of each kind that a session may tell. */
const RECORDS: Arbitraries = {
  session: fc.record({
    ...kind('session'),
    formatVersion: fc.constant(1 as const),
    toolVersion: text,
    startedAtMs: fc.nat({ max: 2 ** 45 }),
    atNs,
    host: optionally(
      fc.record({ kernel: text, arch: text, cpus: fc.integer({ min: 1, max: 8192 }), bpftrace: name }),
      fc.record({ pageBytes: fc.constantFrom(4096, 16384, 65536) }),
    ),
    target: optionally(fc.record({ pid, comm: text, exe: name, launched: bool }), fc.record({ pidInNamespace: pid })),
    syscallTable: text,
  }),
  probe: fc.record({
    ...kind('probe'),
    atNs,
    set,
    state: fc.constantFrom('starting', 'running', 'stopped', 'failed'),
    variant: name,
    detail: name,
  }),
  thread: fc.record({ ...kind('thread'), atNs, tid: pid, startTicks, name: text }),
  sample: optionally(
    fc.record({
      ...kind('sample'),
      atNs,
      tid: pid,
      startTicks,
      onCpuNs: atNs,
      runQueueNs: atNs,
      state: fc.constantFrom(...'RSDTtZXI'),
      majorFaults: whole,
      minorFaults: whole,
    }),
    fc.record({ waitingIn: fc.record({ syscall: fc.integer({ min: -1, max: 1023 }), arg1: bits64 }) }),
  ),
  process: fc.record({
    ...kind('process'),
    atNs,
    majorFaults: whole,
    majorFaultsBefore: fc.option(whole),
    minorFaults: whole,
    threads: whole,
    hostFaults: whole,
  }),
  gone: fc.record({ ...kind('gone'), atNs, tid: pid, startTicks }),
  switch: fc.record({
    ...kind('switch'),
    ...thread,
    event: fc.constantFrom('first', 'latest', 'last'),
    atNs,
    onCpuNs: atNs,
    runQueueNs: atNs,
    code,
    blockedBaseNs: atNs,
    born: bool,
    majorFaults: fc.option(whole),
  }),
  wait: fc.record({ ...kind('wait'), ...thread, code, epoch: fc.nat(1e6), ...cell }),
  fault: fc.record({
    ...kind('fault'),
    ...thread,
    atNs,
    address: bits64,
    instruction: bits64,
    latencyNs: fc.option(whole),
    weight: fc.nat(1e6),
    page: fc.option(fc.record({ ...file, index: pageIndex })),
    goroutine: fc.option(fc.record({ goid: bits64, status: fc.nat(10), startPc: bits64 })),
  }),
  level: fc.record({ ...kind('level'), capacity: fc.nat(1024), level: fc.nat(5000), totalNs: whole }),
  'sample-gap': fc.record({
    ...kind('sample-gap'),
    samples: whole,
    late: whole,
    longestNs: whole,
    fullStalls: whole,
  }),
  stall: fc.record({
    ...kind('stall'),
    startNs: atNs,
    durationNs: whole,
    level: fc.nat(5000),
    capacity: fc.nat(1024),
    number: fc.option(number),
  }),
  'stall-member': fc.record({ ...kind('stall-member'), ...thread, after: number, upTo: number }),
  'goroutine-faults': fc.record({
    ...kind('goroutine-faults'),
    cpu: fc.nat(1023),
    startPc: bits64,
    holding: bool,
    ...sums,
    maxNs: whole,
  }),
  runtime: fc.record({
    ...kind('runtime'),
    atNs,
    runtime: fc.record({
      kind: fc.constantFrom('go', 'node', 'native'),
      version: name,
      capacity: fc.option(fc.nat(1024)),
      capacitySource: name,
      goroutines: bool,
      goroutineDetail: name,
    }),
  }),
  function: fc.record({ ...kind('function'), pc: bits64, name: text }),
  role: fc.record({ ...kind('role'), tid: pid, startTicks, role: fc.constant('sysmon' as const) }),
  'goroutine-census': fc.record({
    ...kind('goroutine-census'),
    atNs,
    total: whole,
    cells: fc.array(fc.record({ startPc: bits64, runnable: whole, running: whole, syscall: whole, waiting: whole })),
  }),
  system: fc.record({
    ...kind('system'),
    atNs,
    userTicks: whole,
    systemTicks: whole,
    host: fc.record({
      userTicks: whole,
      systemTicks: whole,
      iowaitTicks: whole,
      idleTicks: whole,
      stealTicks: whole,
    }),
    memoryPressure: pressure,
    ioPressure: pressure,
  }),
  mapping: fc.record({
    ...kind('mapping'),
    atNs,
    start: bits64,
    end: bits64,
    of: fc.constantFrom(...MAPPING_KINDS),
    path: name,
    offset: bits64,
    device,
    inode: bits64,
  }),
  unmapped: fc.record({ ...kind('unmapped'), atNs, start: bits64, end: bits64 }),
  'request-cell': fc.record({ ...kind('request-cell'), ...cell }),
  request: fc.record({ ...kind('request'), atNs, durationNs: whole, weight: fc.nat(1e6) }),
  'entry-faults': fc.record({ ...kind('entry-faults'), ...thread, count: whole }),
  'entry-latency': fc.record({ ...kind('entry-latency'), ...thread, ...cell }),
  file: fc.record({ ...kind('file'), ...file, atNs, path: name, deleted: bool, sizeBytes: fc.option(bits64) }),
  'file-faults': fc.record({ ...kind('file-faults'), ...file, step: fc.constantFrom('near', 'far', 'other'), ...sums }),
  residency: fc.record({ ...kind('residency'), ...file, atNs, residentBytes: bits64, sizeBytes: bits64 }),
  'residency-gap': fc.record({
    ...kind('residency-gap'),
    ...file,
    atNs,
    why: fc.constantFrom('slow', 'remote', 'no-fincore', 'failed'),
  }),
  actor: fc.record({
    ...kind('actor'),
    pid,
    generation,
    atNs,
    comm: text,
    command: name,
    cgroup: name,
    kernelThread: bool,
  }),
  evictions: fc.record({ ...kind('evictions'), ...file, actor, way, pages: whole }),
  fill: fc.record({
    ...kind('fill'),
    actor,
    source: fc.constantFrom('page-cache', 'anonymous'),
    atNs,
    bytes: whole,
  }),
  'fault-cause': fc.record({
    ...kind('fault-cause'),
    ...file,
    cause,
    eviction,
    ...sums,
    ageTotalNs: whole,
    ageMaxNs: whole,
  }),
  'single-cause': fc.record({
    ...kind('single-cause'),
    ...file,
    atNs,
    tid: pid,
    index: pageIndex,
    cause,
    eviction,
    ageNs: fc.option(whole),
  }),
  'page-sampling': fc.record({ ...kind('page-sampling'), atNs, level: fc.nat(30), forgotten: whole }),
  'memory-cgroup': fc.record({
    ...kind('memory-cgroup'),
    atNs,
    path: text,
    limitBytes: whole,
    usageBytes: whole,
    fileBytes: fc.option(whole),
    anonBytes: fc.option(whole),
    workingsetRefaultFile: fc.option(bits64),
  }),
  device: fc.record({ ...kind('device'), atNs, device, name, swap: bool }),
  'io-cell': fc.record({
    ...kind('io-cell'),
    device,
    origin: fc.constantFrom(...IO_ORIGINS),
    write: bool,
    stage: fc.constantFrom('queue', 'service', 'whole'),
    ...cell,
    bytes: whole,
  }),
  stack: fc.record({
    ...kind('stack'),
    ...thread,
    cell: bits64,
    of: stackKind,
    code,
    user: fc.array(bits64),
    kernel: fc.array(bits64),
    ...sums,
  }),
  'stack-total': fc.record({ ...kind('stack-total'), of: stackKind, ...sums }),
  symbol: fc.record({ ...kind('symbol'), atNs, address: bits64, name, module: name, offset: bits64 }),
  wake: fc.record({
    ...kind('wake'),
    ...thread,
    code,
    waker: fc.constantFrom(...WAKER_KINDS),
    wakerId: pid,
    ...sums,
    maxNs: whole,
  }),
  'waker-name': fc.record({ ...kind('waker-name'), atNs, pid, comm: text }),
  'wake-chain': fc.record({
    ...kind('wake-chain'),
    ...thread,
    holder: pid,
    faulter: pid,
    count: whole,
    overlapNs: whole,
  }),
  loss: fc.record({
    ...kind('loss'),
    atNs,
    set,
    what: fc.constantFrom('events', 'dump', 'waits', 'faults', 'switches', 'registers', 'io', 'garbage'),
    count: whole,
  }),
  cost: fc.record({
    ...kind('cost'),
    atNs,
    spanNs: whole,
    ownCpuNs: whole,
    ownMemoryBytes: fc.option(whole),
    sets: fc.array(
      fc.record({
        set,
        programNs: fc.option(whole),
        cpuNs: whole,
        startNs: whole,
        memoryBytes: fc.option(whole),
        kernelBytes: fc.option(whole),
      }),
      { maxLength: 7 },
    ),
    metering: fc.constantFrom('counted', 'sampled', 'none'),
    targetCpuNs: whole,
    budget: fc.option(fc.record({ corePpm: fc.nat(2 ** 31 - 1), targetPpm: fc.nat(2 ** 31 - 1) })),
  }),
  governor: fc.record({
    ...kind('governor'),
    atNs,
    did: fc.constantFrom('slowed', 'quickened', 'stopped', 'returned', 'exceeded', 'within'),
    set: fc.option(set),
    pace: fc.integer({ min: 1, max: 255 }),
    costPpm: fc.nat(2 ** 31 - 1),
    budgetPpm: fc.nat(2 ** 31 - 1),
  }),
  tick: fc.record({ ...kind('tick'), atNs }),
  end: fc.record({
    ...kind('end'),
    atNs,
    reason: fc.constantFrom('duration', 'quit', 'signal', 'target-exited', 'probe-failed', 'crashed'),
    targetExit: fc.option(fc.record({ code: fc.option(fc.nat(255)), signal: name })),
  }),
};

export const arbitraryRecord: Arbitrary<FaultscopeRecord> = fc.oneof(...Object.values(RECORDS));
