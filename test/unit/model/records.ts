import { EXCEPTION } from '../../../src/model/code.js';
import { Trace } from '../../../src/model/trace.js';
import type {
  FaultRecord,
  FaultscopeRecord,
  ProcessRecord,
  SampleRecord,
  SessionRecord,
  SwitchRecord,
  WaitRecord,
} from '../../../src/record/record.js';

/** Two months after boot: no stamp here fits a double's 53 bits of nanoseconds by luck. */
export const BEGIN = 5_184_000_000_000_001n;
export const SECOND = 1_000_000_000n;

export const SESSION: SessionRecord = {
  kind: 'session',
  syscallTable: 'x86_64',
  formatVersion: 1,
  toolVersion: '0.1.0',
  startedAtMs: Date.UTC(2024, 0, 1),
  atNs: BEGIN,
  host: { kernel: '6.18.0', arch: 'x86_64', cpus: 2, bpftrace: '0.23.2' },
  target: { pid: 40, comm: 'target', exe: '/bin/target', launched: false },
};

export const INTERRUPTIBLE = 1;
export const UNINTERRUPTIBLE = 2;
export const STOPPED = 3;

/** As bpf/threads.bt packs it. */
export function code(state: number, nr: number, { sub = 0, major = false } = {}): number {
  return (sub << 14) | (nr << 4) | (major ? 4 : 0) | state;
}

export const FUTEX_WAIT = code(INTERRUPTIBLE, 202);
export const FAULT = code(UNINTERRUPTIBLE, EXCEPTION, { major: true });
export const FAULT_LATENCY = (2 << 14) | (EXCEPTION << 4);
export const FAULT_NO_SLEEP = (3 << 14) | (EXCEPTION << 4);

/** The bucket a length falls into, computed as the kernel scripts do: four to an octave. */
export function bucketOf(ns: number): number {
  if (ns < 4) return ns;
  const octave = Math.floor(Math.log2(ns));
  // Math.log2 rounds: powers of two below 2^53 are hit exactly, their neighbours may not be.
  const exact = 2 ** octave > ns ? octave - 1 : 2 ** (octave + 1) <= ns ? octave + 1 : octave;
  return exact * 4 + (Math.floor(ns / 2 ** (exact - 2)) & 3);
}

export const thread = { tid: 41, startTicks: 7 };
export const ref = { tid: 41, generation: 7 };

/** `atNs` counts from BEGIN in all of these. */
export function sample(atNs: bigint, fields: Partial<SampleRecord> = {}): SampleRecord {
  return {
    kind: 'sample',
    ...thread,
    onCpuNs: 0n,
    runQueueNs: 0n,
    state: 'S',
    majorFaults: 0,
    minorFaults: 0,
    ...fields,
    atNs: BEGIN + atNs,
  };
}

export function switchOut(atNs: bigint, fields: Partial<SwitchRecord> = {}): SwitchRecord {
  return {
    kind: 'switch',
    event: 'latest',
    ...ref,
    onCpuNs: 0n,
    runQueueNs: 0n,
    code: FUTEX_WAIT,
    blockedBaseNs: BEGIN,
    born: false,
    majorFaults: null,
    ...fields,
    atNs: BEGIN + atNs,
  };
}

export function wait(fields: Partial<WaitRecord>): WaitRecord {
  return {
    kind: 'wait',
    ...ref,
    code: FUTEX_WAIT,
    bucket: 50,
    epoch: 0,
    count: 1,
    totalNs: 7000,
    maxNs: 7000,
    ...fields,
  };
}

export function fault(atNs: bigint, fields: Partial<FaultRecord> = {}): FaultRecord {
  return {
    kind: 'fault',
    ...ref,
    address: 0x7f0000001000n,
    instruction: 0x401000n,
    latencyNs: 1000,
    weight: 1,
    page: null,
    goroutine: null,
    ...fields,
    atNs: BEGIN + atNs,
  };
}

export function processReading(atNs: bigint, fields: Partial<ProcessRecord> = {}): ProcessRecord {
  const { majorFaults = 0 } = fields;
  return {
    kind: 'process',
    majorFaults,
    majorFaultsBefore: majorFaults,
    minorFaults: 0,
    threads: 1,
    hostFaults: 0,
    ...fields,
    atNs: BEGIN + atNs,
  };
}

export function tick(atNs: bigint): FaultscopeRecord {
  return { kind: 'tick', atNs: BEGIN + atNs };
}

export function running(atNs: bigint, set: 'threads' | 'entry' = 'threads'): FaultscopeRecord {
  return { kind: 'probe', atNs: BEGIN + atNs, set, state: 'running', variant: 'tracepoint', detail: null };
}

export function traceOf(...records: readonly FaultscopeRecord[]): Trace {
  const trace = new Trace(SESSION);
  for (const record of records) trace.apply(record);
  return trace;
}

/** What an array surely has; a test that is wrong about it fails here. */
export function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('nothing there');
  return item;
}
