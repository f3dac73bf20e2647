import type { FaultscopeRecord, SessionRecord } from '../../../src/record/record.js';

const SECOND = 1_000_000_000n;
export const START = 5000n * SECOND;

export const session: SessionRecord = {
  kind: 'session',
  formatVersion: 1,
  toolVersion: '0.1.0',
  startedAtMs: 1_795_478_406_532,
  atNs: START,
  host: { kernel: '6.18.44', arch: 'x86_64', cpus: 2, pageBytes: 4096, bpftrace: '0.17.0' },
  target: { pid: 42, comm: 'database', exe: '/usr/bin/database', launched: false },
  syscallTable: 'x86_64',
};

export const tick = (second: number): FaultscopeRecord => ({ kind: 'tick', atNs: START + BigInt(second) * SECOND });

export const moment = (second: number): FaultscopeRecord[] => [
  { kind: 'level', capacity: 2, level: 1, totalNs: second * 1e9 },
  { kind: 'thread', atNs: START, tid: 42, startTicks: 7, name: `thread ${second}` },
  tick(second),
];

export const end: FaultscopeRecord = { kind: 'end', atNs: START + 10n * SECOND, reason: 'quit', targetExit: null };

/** A session of ten seconds, a moment a second. */
export const tenSeconds = [
  [session, tick(0)],
  ...Array.from({ length: 9 }, (_, index) => moment(index + 1)),
  [tick(10), end],
];
