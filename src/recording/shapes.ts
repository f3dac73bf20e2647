import type { Budget, SetCost } from '../record/cost.js';
import type { FilePage } from '../record/files.js';
import type { ActorRef, EvictionRef } from '../record/page-cache.js';
import {
  type FaultscopeRecord,
  type HostFacts,
  PROBE_SETS,
  type ProbeSet,
  type TargetFacts,
  type WaitingIn,
} from '../record/record.js';
import {
  bool,
  type Field,
  type FieldsOf,
  growing,
  key,
  list,
  near,
  nullable,
  object,
  objectWith,
  oneOf,
  optional,
  since,
  text,
  uint,
  uint64,
} from './fields.js';

/**
 * The format of a recording, all of it: how each kind of record is written, and what a reader may believe. Numbers beyond
 * these bounds are none that a kernel tells, and would only serve to make a program stumble.
 *
 * To add a field: at the end of its record, with since(). To add a kind: with the next number. To add a choice: at the
 * end. Each with a new FORMAT_VERSION; nothing else may change, or older recordings could not be read.
 */
export const FORMAT_VERSION = 2;

type Kind = FaultscopeRecord['kind'];
export type RecordOf<K extends Kind> = Extract<FaultscopeRecord, { readonly kind: K }>;

/**
 * What a later record of a kind means for an earlier one with the same keys. `state`: it replaces it. `cumulative`: it
 * goes on from it: what lies between two is the difference of the `growing` fields; a set that starts anew counts from
 * nought. `event`: nothing.
 */
export type Role = { readonly is: 'state' | 'event' } | { readonly is: 'cumulative'; readonly set: ProbeSet };

export interface Shape<R> {
  readonly number: number;
  readonly role: Role;
  // As methods, so that the shape of any kind can be held as one of all.
  write(...args: Parameters<Field<R>['write']>): void;
  read(...args: Parameters<Field<R>['read']>): R;
  /** In the order in which they are written. */
  readonly fields: Field<R>['fields'];
}

type FieldsOfKind<K extends Kind> = FieldsOf<Omit<RecordOf<K>, 'kind'>>;

const STATE = { is: 'state' } as const;
const EVENT = { is: 'event' } as const;
const sumOf = (set: ProbeSet): Role => ({ is: 'cumulative', set });

const WHOLE = Number.MAX_SAFE_INTEGER;
const BITS_31 = 2 ** 31 - 1;
/** Times by CLOCK_MONOTONIC, and what a thread has used since its birth. */
const time = () => uint64(2n ** 63n - 1n);
const address = () => uint64(2n ** 64n - 1n);
const inode = () => uint64(2n ** 64n - 1n);
const nanoseconds = uint(WHOLE);
const count = uint(WHOLE);
const bytes = uint(WHOLE);
/** PID_MAX_LIMIT (include/linux/threads.h). */
const pid = () => near(2 ** 22);
const startTicks = () => near(2 ** 51 - 1);
const generation = () => near(2 ** 14 - 1);
/** 17 bits at present (bpf/threads.bt). */
const code = () => near(2 ** 20 - 1);
/** Four to an octave of 64 bits. */
const bucket = () => near(255);
const device = () => near(2 ** 32 - 1);
const level = () => near(2 ** 17 - 1);
const capacity = () => near(2 ** 20);
const name = nullable(text);
/** Deeper stacks are told of by no kernel that has not been tuned to (kernel.perf_event_max_stack). */
const MAX_STACK_FRAMES = 1024;
const MAX_CENSUS_CELLS = 4096;

const threadRef = () => ({ tid: key(pid()), generation: key(generation()) });
const fileRef = () => ({ device: key(device()), inode: key(inode()) });
const actorRef = () => object<ActorRef>({ pid: key(pid()), generation: key(generation()) });
const sums = () => ({ count: growing(count), totalNs: growing(nanoseconds) });
const histogramCell = () => ({ bucket: key(bucket()), ...sums(), maxNs: nanoseconds });
const probeSet = oneOf('threads', 'entry', 'requests', 'pagecache', 'storage', 'stacks', 'wakers');
const evictionWay = oneOf(
  'reclaim',
  'kswapd',
  'fadvise',
  'drop-caches',
  'truncate',
  'unmount',
  'direct-write',
  'other',
);
const faultCause = oneOf('first-touch', 'refault', 'under-way', 'own-readahead', 'swap-in', 'unknown', 'not-sampled');
const eviction = () => nullable(object<EvictionRef>({ actor: actorRef(), way: evictionWay, atNs: nullable(time()) }));
const pressure = () => nullable(object({ someUs: uint(WHOLE), fullUs: uint(WHOLE) }));

function shape<K extends Kind>(kind: K, number: number, role: Role, fields: FieldsOfKind<K>): Shape<RecordOf<K>> {
  return { number, role, ...objectWith<RecordOf<K>, { kind: K }>(fields, { kind }) };
}

/** Every kind of record: its number in the file, what it is to a baseline, and its fields. */
export const SHAPES: { readonly [K in Kind]: Shape<RecordOf<K>> } = {
  session: shape('session', 1, STATE, {
    formatVersion: oneOf(1),
    toolVersion: text,
    // So that it is a date, whatever else is added to it: until the year 3084.
    startedAtMs: uint(2 ** 45),
    atNs: time(),
    host: object<HostFacts>({
      kernel: text,
      arch: text,
      cpus: uint(65_536, 1),
      pageBytes: optional(uint(2 ** 20, 512)),
      bpftrace: name,
    }),
    target: object<TargetFacts>({
      pid: pid(),
      comm: text,
      exe: name,
      launched: bool,
      pidInNamespace: since(2, optional(pid()), undefined),
    }),
    syscallTable: text,
  }),
  probe: shape('probe', 2, STATE, {
    atNs: time(),
    set: key(probeSet),
    state: oneOf('starting', 'running', 'stopped', 'failed'),
    variant: name,
    detail: name,
  }),
  thread: shape('thread', 3, STATE, {
    atNs: time(),
    tid: key(pid()),
    startTicks: key(startTicks()),
    name: text,
  }),
  sample: shape('sample', 4, STATE, {
    atNs: time(),
    tid: key(pid()),
    startTicks: key(startTicks()),
    onCpuNs: time(),
    runQueueNs: time(),
    state: text,
    majorFaults: uint(WHOLE),
    minorFaults: uint(WHOLE),
    // /proc tells -1 for an exception.
    waitingIn: optional(object<WaitingIn>({ syscall: plusOne(near(2 ** 16)), arg1: address() })),
  }),
  process: shape('process', 5, STATE, {
    atNs: time(),
    majorFaults: count,
    majorFaultsBefore: nullable(count),
    minorFaults: count,
    threads: count,
    hostFaults: count,
  }),
  gone: shape('gone', 6, EVENT, { atNs: time(), tid: key(pid()), startTicks: key(startTicks()) }),
  switch: shape('switch', 7, STATE, {
    ...threadRef(),
    event: oneOf('first', 'latest', 'last'),
    atNs: time(),
    onCpuNs: time(),
    runQueueNs: time(),
    code: code(),
    blockedBaseNs: time(),
    born: bool,
    majorFaults: nullable(count),
  }),
  wait: shape('wait', 8, sumOf('threads'), {
    ...threadRef(),
    code: key(code()),
    epoch: key(near(BITS_31)),
    ...histogramCell(),
  }),
  fault: shape('fault', 9, EVENT, {
    ...threadRef(),
    atNs: time(),
    address: address(),
    instruction: address(),
    latencyNs: nullable(nanoseconds),
    weight: uint(BITS_31),
    // All that a file can have (loff_t).
    page: nullable(object<FilePage>({ device: device(), inode: inode(), index: uint64(2n ** 52n - 1n) })),
    goroutine: nullable(object({ goid: address(), status: uint(255), startPc: address() })),
  }),
  level: shape('level', 10, sumOf('threads'), {
    capacity: key(capacity()),
    level: key(level()),
    totalNs: growing(nanoseconds),
  }),
  'sample-gap': shape('sample-gap', 11, sumOf('threads'), {
    samples: growing(count),
    late: growing(count),
    longestNs: nanoseconds,
    fullStalls: growing(count),
  }),
  stall: shape('stall', 12, EVENT, {
    startNs: time(),
    durationNs: nanoseconds,
    level: level(),
    capacity: capacity(),
    number: nullable(near(2 ** 51 - 1)),
  }),
  'stall-member': shape('stall-member', 13, EVENT, {
    ...threadRef(),
    after: near(2 ** 51 - 1),
    upTo: near(2 ** 51 - 1),
  }),
  'goroutine-faults': shape('goroutine-faults', 14, sumOf('threads'), {
    cpu: key(uint(65_535)),
    startPc: key(address()),
    holding: key(bool),
    ...sums(),
    maxNs: nanoseconds,
  }),
  runtime: shape('runtime', 15, STATE, {
    atNs: time(),
    runtime: object({
      kind: oneOf('go', 'node', 'native'),
      version: name,
      capacity: nullable(capacity()),
      capacitySource: name,
      goroutines: bool,
      goroutineDetail: name,
    }),
  }),
  function: shape('function', 16, STATE, { pc: key(address()), name: text }),
  role: shape('role', 17, STATE, { tid: key(pid()), startTicks: key(startTicks()), role: oneOf('sysmon') }),
  'goroutine-census': shape('goroutine-census', 18, STATE, {
    atNs: time(),
    total: count,
    cells: list(
      object({ startPc: address(), runnable: count, running: count, syscall: count, waiting: count }),
      MAX_CENSUS_CELLS,
    ),
  }),
  system: shape('system', 19, STATE, {
    atNs: time(),
    userTicks: count,
    systemTicks: count,
    host: object({ userTicks: count, systemTicks: count, iowaitTicks: count, idleTicks: count, stealTicks: count }),
    memoryPressure: pressure(),
    ioPressure: pressure(),
  }),
  mapping: shape('mapping', 20, STATE, {
    atNs: time(),
    start: key(address()),
    end: address(),
    of: oneOf('file', 'anonymous', 'heap', 'stack', 'shared', 'other'),
    path: name,
    offset: address(),
    device: device(),
    inode: inode(),
  }),
  unmapped: shape('unmapped', 21, EVENT, { atNs: time(), start: address(), end: address() }),
  'request-cell': shape('request-cell', 22, sumOf('requests'), histogramCell()),
  request: shape('request', 23, EVENT, { atNs: time(), durationNs: nanoseconds, weight: uint(BITS_31) }),
  'entry-faults': shape('entry-faults', 24, sumOf('entry'), { ...threadRef(), count: growing(count) }),
  'entry-latency': shape('entry-latency', 25, sumOf('entry'), { ...threadRef(), ...histogramCell() }),
  file: shape('file', 26, STATE, {
    ...fileRef(),
    atNs: time(),
    path: name,
    deleted: bool,
    sizeBytes: nullable(address()),
  }),
  'file-faults': shape('file-faults', 27, sumOf('threads'), {
    ...fileRef(),
    step: key(oneOf('near', 'far', 'other')),
    ...sums(),
  }),
  residency: shape('residency', 28, STATE, {
    ...fileRef(),
    atNs: time(),
    residentBytes: address(),
    sizeBytes: address(),
  }),
  'residency-gap': shape('residency-gap', 29, STATE, {
    ...fileRef(),
    atNs: time(),
    why: oneOf('slow', 'remote', 'no-fincore', 'failed'),
  }),
  actor: shape('actor', 30, STATE, {
    pid: key(pid()),
    generation: key(generation()),
    atNs: time(),
    comm: text,
    command: name,
    cgroup: name,
    kernelThread: bool,
  }),
  evictions: shape('evictions', 31, sumOf('pagecache'), {
    ...fileRef(),
    actor: key(actorRef()),
    way: key(evictionWay),
    pages: growing(count),
  }),
  fill: shape('fill', 32, sumOf('pagecache'), {
    actor: key(actorRef()),
    source: key(oneOf('page-cache', 'anonymous')),
    atNs: time(),
    bytes: growing(bytes),
  }),
  'fault-cause': shape('fault-cause', 33, sumOf('pagecache'), {
    ...fileRef(),
    cause: key(faultCause),
    eviction: key(eviction()),
    ...sums(),
    ageTotalNs: growing(nanoseconds),
    ageMaxNs: nanoseconds,
  }),
  'single-cause': shape('single-cause', 34, EVENT, {
    ...fileRef(),
    atNs: time(),
    tid: pid(),
    index: uint64(2n ** 52n - 1n),
    cause: faultCause,
    eviction: eviction(),
    ageNs: nullable(nanoseconds),
  }),
  'page-sampling': shape('page-sampling', 35, sumOf('pagecache'), {
    atNs: time(),
    level: uint(52),
    forgotten: growing(count),
  }),
  'memory-cgroup': shape('memory-cgroup', 36, STATE, {
    atNs: time(),
    path: text,
    limitBytes: bytes,
    usageBytes: bytes,
    fileBytes: nullable(bytes),
    anonBytes: nullable(bytes),
    workingsetRefaultFile: nullable(address()),
  }),
  device: shape('device', 37, STATE, { atNs: time(), device: key(device()), name, swap: bool }),
  'io-cell': shape('io-cell', 38, sumOf('storage'), {
    device: key(device()),
    origin: key(oneOf('fault', 'target', 'others')),
    write: key(bool),
    stage: key(oneOf('queue', 'service', 'whole')),
    ...histogramCell(),
    bytes: growing(bytes),
  }),
  stack: shape('stack', 39, sumOf('stacks'), {
    ...threadRef(),
    cell: key(address()),
    of: key(oneOf('fault', 'off-cpu')),
    code: code(),
    user: list(address(), MAX_STACK_FRAMES),
    kernel: list(address(), MAX_STACK_FRAMES),
    ...sums(),
  }),
  'stack-total': shape('stack-total', 40, sumOf('stacks'), { of: key(oneOf('fault', 'off-cpu')), ...sums() }),
  symbol: shape('symbol', 41, STATE, {
    atNs: time(),
    address: key(address()),
    name,
    module: name,
    offset: address(),
  }),
  wake: shape('wake', 42, sumOf('wakers'), {
    ...threadRef(),
    code: key(code()),
    waker: key(oneOf('thread', 'process', 'kernel', 'interrupt', 'unseen')),
    wakerId: key(pid()),
    ...sums(),
    maxNs: nanoseconds,
  }),
  'waker-name': shape('waker-name', 43, STATE, { atNs: time(), pid: key(pid()), comm: text }),
  'wake-chain': shape('wake-chain', 44, sumOf('wakers'), {
    ...threadRef(),
    holder: key(pid()),
    faulter: key(pid()),
    count: growing(count),
    overlapNs: growing(nanoseconds),
  }),
  loss: shape('loss', 45, EVENT, {
    atNs: time(),
    set: probeSet,
    what: oneOf(
      'events',
      'dump',
      'waits',
      'faults',
      'requests',
      'switches',
      'goroutines',
      'files',
      'wakes',
      'chains',
      'pages',
      'causes',
      'stalls',
      'registers',
      'io',
      'garbage',
    ),
    count,
  }),
  tick: shape('tick', 46, EVENT, { atNs: time() }),
  end: shape('end', 47, EVENT, {
    atNs: time(),
    reason: oneOf('duration', 'quit', 'signal', 'target-exited', 'probe-failed', 'crashed'),
    targetExit: nullable(object({ code: nullable(uint(BITS_31)), signal: name })),
  }),
  // Since version 2.
  cost: shape('cost', 48, EVENT, {
    atNs: time(),
    spanNs: nanoseconds,
    ownCpuNs: nanoseconds,
    ownMemoryBytes: nullable(bytes),
    sets: list(
      object<SetCost>({
        set: probeSet,
        programNs: nullable(nanoseconds),
        cpuNs: nanoseconds,
        startNs: nanoseconds,
        memoryBytes: nullable(bytes),
        kernelBytes: nullable(bytes),
      }),
      PROBE_SETS.length,
    ),
    metering: oneOf('counted', 'sampled', 'none'),
    targetCpuNs: nanoseconds,
    budget: nullable(object<Budget>({ corePpm: uint(BITS_31), targetPpm: uint(BITS_31) })),
  }),
  governor: shape('governor', 49, EVENT, {
    atNs: time(),
    did: oneOf('slowed', 'quickened', 'stopped', 'returned', 'exceeded', 'within'),
    set: nullable(probeSet),
    pace: uint(255, 1),
    costPpm: uint(BITS_31),
    budgetPpm: uint(BITS_31),
  }),
};

/** A number from -1 on. */
function plusOne(field: Field<number>): Field<number> {
  return { ...field, write: (to, value) => field.write(to, value + 1), read: (from) => field.read(from) - 1 };
}
