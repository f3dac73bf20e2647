import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Finding, FindingId } from '../../../src/diagnosis/finding.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { NO_TIME } from '../../support/nothing-seen.js';
import { threadView, waitView } from '../export/snapshots.js';
import {
  file,
  goroutineFunction,
  history,
  lockingThread,
  runtime,
  SECOND,
  session,
  stalls,
  stuckEventLoop,
  swappedMemory,
  withFaults,
} from './sessions.js';

function found(snapshot: Snapshot): FindingId[] {
  return diagnose(snapshot).findings.map(({ id }) => id);
}

function the(id: FindingId, snapshot: Snapshot): Finding {
  const finding = diagnose(snapshot).findings.find((one) => one.id === id);
  if (finding === undefined) throw new Error(`no finding ${id}, but ${found(snapshot).join(', ')}`);
  return finding;
}

const CALM_HOST = {
  durationNs: 10 * SECOND,
  process: { userCpus: 1, systemCpus: 0.2, ioWaitThreads: 0 },
  host: { user: 0.5, system: 0.1, iowait: 0, idle: 0.4, steal: 0 },
  memoryPressure: null,
  ioPressure: null,
};

/** Four goroutines read a cold mapping at random on two Ps. */
function coldMapping(): Snapshot {
  const longest = [
    {
      startNs: 37 * SECOND,
      durationNs: 31e6,
      level: 2,
      capacity: 2,
      threads: [
        { tid: 4712, name: 'coldmmap' },
        { tid: 4713, name: null },
      ],
    },
  ];
  const reader = goroutineFunction({
    start: 'main.reader',
    majorFaults: 160_000,
    holdingFaults: 160_000,
    holdingWaitNs: 14.5 * SECOND,
    census: { active: 4, waiting: 0 },
  });
  return withFaults(
    session(
      42,
      { fault: 55, onCpu: 9, runQueue: 7, sleep: 40 },
      {
        runtime: runtime('go', 2),
        stalls: stalls(2, 42, [0.15, 0.3, 0.55], { fullStalls: 2000, longest }),
        goroutines: { functions: [reader], top: [], seen: 4 },
        mappings: [file({ path: '/srv/cold.dat', majorFaults: 160_000, faultWaitNs: 14e9 })],
        history: history(new Array<number>(42).fill(3800)),
        quality: { ...session(1).quality, coverage: { traced: 160_000, kernel: 160_000, fraction: 1 } },
      },
    ),
    160_000,
  );
}

describe('full stalls', () => {
  it('are said of a cold mapping in Go, with how often, how long, when, and whose goroutines', () => {
    const finding = the('full-stalls', coldMapping());
    expect(finding.severity).toBe('stall');
    expect(finding.title).toBe('Both Ps were stuck in major faults 55% of the time: nothing in this program ran.');
    expect(finding.confidence).toBe('high');
    const evidence = finding.evidence.join('\n');
    expect(evidence).toContain('Full stalls took 23.1s of 42.0s; 2.0k full stalls lasted 1ms or more.');
    expect(evidence).toContain('The longest lasted 31.0ms, at 00:37, with coldmmap (4712), 4713 in it.');
    expect(evidence).toContain('main.reader 100%');
  });

  it('come first, with pread, cgo and the capacity that is enough as remedies', () => {
    const { findings, whatIf } = diagnose(coldMapping());
    expect(findings[0]?.id).toBe('full-stalls');
    const remedies = findings[0]?.remedies.join('\n') ?? '';
    expect(remedies).toMatch(/^Read \/srv\/cold\.dat with pread/);
    expect(remedies).toContain('cgo');
    expect(whatIf?.enough).not.toBeNull();
    expect(remedies).toContain(`GOMAXPROCS ${whatIf?.enough} in place of 2.`);
  });

  it('of an event loop are told in its words, without Ps', () => {
    const finding = the('full-stalls', stuckEventLoop());
    expect(finding.title).toBe(
      'The event loop was stuck in major faults 20% of the time: nothing in this program ran.',
    );
    expect(finding.remedies.join('\n')).toContain('fs.read');
    expect([finding.title, ...finding.evidence, ...finding.remedies].join('\n')).not.toMatch(/\bPs?\b|GOMAXPROCS/);
  });

  it('of threads of the system are told of as many as --capacity said', () => {
    const native = withFaults(
      session(
        10,
        { fault: 30, onCpu: 8 },
        { runtime: runtime('native', 4), stalls: stalls(4, 10, [0.1, 0.1, 0.2, 0.2, 0.4]) },
      ),
      9000,
    );
    const finding = the('full-stalls', native);
    expect(finding.title).toMatch(/^All 4 threads that can run at once were stuck in major faults 40% of the time/);
    expect(finding.remedies.join('\n')).not.toContain('GOMAXPROCS');
  });

  it('that are over are a note, and those of late count though the session was long and quiet', () => {
    const base = coldMapping();
    if (base.stalls === null) throw new Error('the session has stalls');
    const over = the('full-stalls', { ...base, stalls: { ...base.stalls, recentFullFraction: 0 } });
    expect(over.severity).toBe('note');
    expect(over.title).toContain('but not of late');
    const quiet = stalls(2, 3600, [0.99, 0.005, 0.005], { recentFullFraction: 0.4 });
    const now = the('full-stalls', { ...base, window: { ...base.window, durationNs: 3600 * SECOND }, stalls: quiet });
    expect(now.severity).toBe('stall');
    expect(now.title).toContain('40% of the last 10s');
  });

  it('tell how much slower requests were that met one', () => {
    const share = { count: 100, p50Ns: 1e6, p99Ns: 2e6 };
    const byStall = { overlapping: { ...share, meanNs: 12e6 }, clear: { ...share, meanNs: 1.5e6 } };
    const latency = session(1).totals.faultLatency;
    const requests = { count: 200, rateHz: 20, meanNs: 6.75e6, totalNs: 1.35e9, latency, histogram: [], byStall };
    expect(the('full-stalls', { ...coldMapping(), requests }).evidence.join('\n')).toContain(
      'Requests that met a full stall took 12.0ms on average, the others 1.5ms.',
    );
  });

  it('are less sure where faults were not traced, samples came late or records were lost, and the evidence says so', () => {
    const base = coldMapping();
    if (base.stalls === null) throw new Error('the session has stalls');
    const quality = { ...base.quality, coverage: { traced: 90, kernel: 100, fraction: 0.9 } };
    const uncovered = the('full-stalls', { ...base, quality });
    expect(uncovered.confidence).toBe('medium');
    expect(uncovered.evidence.join('\n')).toContain('Only 90% of the major faults');
    const late = the('full-stalls', {
      ...base,
      quality: { ...quality, droppedRecords: 3 },
      stalls: { ...base.stalls, samples: { count: 1000, late: 50, longestGapNs: 40e6 } },
    });
    expect(late.confidence).toBe('low');
    expect(late.evidence.join('\n')).toMatch(/5% of the samples[\s\S]*3 records/);
  });
});

describe('partial loss of parallelism', () => {
  it('is said in Ps, where they are hardly ever all stuck', () => {
    const finding = the(
      'lost-parallelism',
      withFaults(
        session(
          10,
          { fault: 20, onCpu: 40 },
          { runtime: runtime('go', 8), stalls: stalls(8, 10, [0.3, 0.2, 0.2, 0.2, 0.1]) },
        ),
        30_000,
      ),
    );
    expect(finding.severity).toBe('problem');
    expect(finding.title).toBe('Major faults took 20% of its 8 Ps: it ran, on fewer.');
  });

  it('is not said beside full stalls, which tell of it', () => {
    expect(found(coldMapping())).not.toContain('lost-parallelism');
  });

  it('is said as thread time where no capacity is known, with the way to make it known', () => {
    const finding = the(
      'lost-parallelism',
      withFaults(
        session(10, { fault: 29, onCpu: 5, runQueue: 6 }, { stalls: stalls(null, 10, [0.1, 0.2, 0.7]) }),
        50_000,
      ),
    );
    expect(finding.title).toContain('73% of their time that was not idle in major faults: 2.9 of them at a time');
    expect(finding.evidence.join('\n')).toContain('--capacity');
  });
});

describe('where and why', () => {
  it('one file that has nearly all faults is named, with its size', () => {
    const finding = the('hot-mapping', {
      ...coldMapping(),
      mappings: [file(), file({ path: '/lib/x.so', majorFaults: 90 })],
    });
    expect(finding.title).toBe('99% of its major faults are in one mapped file: /srv/data.db.');
    expect(finding.evidence.join('\n')).toContain('1.0GiB mapped');
  });

  it('two files that share them are not', () => {
    expect(found({ ...coldMapping(), mappings: [file(), file({ path: '/srv/other.db' })] })).not.toContain(
      'hot-mapping',
    );
  });

  it('a rate that falls, with fewer faults than pages, is warming up', () => {
    const starting = {
      ...coldMapping(),
      history: history([9000, 8000, 6000, 3000, 1500, 800, 400, 200, 100, 50, 20, 10]),
    };
    expect(found(starting)).toContain('warm-up');
    expect(found(starting)).not.toContain('steady-refaults');
  });

  it('a rate that breaks off is the end of some work, and no warm-up', () => {
    const ended = { ...coldMapping(), history: history([900, 900, 900, 900, 900, 900, 900, 900, 900, 0, 0, 0]) };
    expect(found(ended)).not.toContain('warm-up');
  });

  it('more faults than the mapping has pages are refaults for sure, however the rate went', () => {
    const thrashing = {
      ...coldMapping(),
      history: history([9000, 8000, 6000, 3000, 1500, 800, 400, 200, 100, 50, 20, 10]),
      mappings: [file({ sizeBytes: 2 ** 28, majorFaults: 160_000 })],
    };
    const finding = the('steady-refaults', thrashing);
    expect(finding.title).toContain('160k major faults in the 65.5k pages of /srv/data.db');
    expect(finding.confidence).toBe('high');
    expect(found(thrashing)).not.toContain('warm-up');
  });

  it('a steady rate is no warm-up, but is not called refaults either', () => {
    const finding = the('steady-refaults', coldMapping());
    expect(finding.title).toContain('a steady 3.8k/s');
    expect(finding.confidence).toBe('low');
    expect(finding.evidence.join('\n')).toContain('cannot be told');
  });

  it('anonymous memory that is read back is called swapped out', () => {
    const swapping = {
      ...withFaults(coldMapping(), 10_000),
      files: swappedMemory('heap', 4000),
      symptoms: { ...CALM_HOST, memoryPressure: { some: 0.3, full: 0.1 } },
    };
    const finding = the('swap-in', swapping);
    expect(finding.title).toBe('Its own memory was swapped out: 40% of its major faults read it back.');
    const evidence = finding.evidence.join('\n');
    expect(evidence).toContain('4.0k faults read from swap, in the heap; threads were blocked in them for 1.0s.');
    expect(evidence).toContain('held up for memory 30% of the time');
    expect(evidence).not.toContain('never slept');
  });

  it('many faults that cost nothing are called just that', () => {
    const cheap = withFaults(
      session(
        20,
        { onCpu: 30, fault: 0.4, poll: 50 },
        { runtime: runtime('go', 8), stalls: stalls(8, 20, [0.98, 0.02]) },
      ),
      4000,
    );
    const [finding, ...others] = diagnose(cheap).findings;
    expect(others).toEqual([]);
    expect(finding?.id).toBe('faults-do-not-matter');
    expect(finding?.severity).toBe('note');
    expect(finding?.title).toContain('200 major faults a second, and they do not matter: 1%');
  });
});

describe('what is no matter of faults is called what it is', () => {
  it('a lock convoy', () => {
    const threads = Array.from({ length: 8 }, () => lockingThread(8, 20_000));
    const findings = diagnose(session(10, { lock: 64, onCpu: 12, runQueue: 4 }, { threads })).findings;
    expect(findings.map(({ id }) => id)).toEqual(['lock']);
    expect(findings[0]?.title).toBe(
      'A lock convoy: 6.4 threads at a time wait for locks, 84% of their time that is neither idle nor short of a CPU.',
    );
    expect(findings[0]?.evidence[0]).toBe(
      '8 threads came to wait 160k times (16.0k/s), 400us on average, 2.0ms at most.',
    );
  });

  it('a lock convoy on a host that is short of CPU, and that it is', () => {
    const threads = Array.from({ length: 4 }, () => lockingThread(4, 5000));
    const crowded = session(10, { lock: 18, onCpu: 1.8, runQueue: 33, poll: 6 }, { threads });
    expect(found(crowded)).toEqual(['lock', 'run-queue']);
  });

  it('a lock convoy whose holder faults, with that said', () => {
    const threads = Array.from({ length: 8 }, () => lockingThread(7, 2000));
    const finding = the('lock', withFaults(session(10, { lock: 56, onCpu: 12, fault: 9 }, { threads }), 5000));
    expect(finding.remedies[0]).toContain('may be the one in a major fault');
  });

  it('too little CPU, and a limit where the host has CPUs idle', () => {
    const starved = session(10, { onCpu: 10, runQueue: 30, poll: 20 }, { symptoms: CALM_HOST });
    const finding = the('run-queue', starved);
    expect(finding.title).toBe(
      'It is short of CPU: 3.0 of its threads at a time could run and had no CPU, 75% of their time that is not idle.',
    );
    expect(finding.remedies[0]).toContain('cpu.max');
    const stolen = { ...CALM_HOST, host: { user: 0.5, system: 0.1, iowait: 0, idle: 0, steal: 0.4 } };
    const onShared = the('run-queue', { ...starved, symptoms: stolen });
    expect(onShared.evidence.join('\n')).toContain('took 40% of the host');
    expect(onShared.remedies[0]).toContain('shares its CPUs');
  });

  it('disk I/O in system calls, by their names', () => {
    const waits = [
      waitView({ cause: 'disk', syscall: 'pread64', totalNs: 6 * SECOND, maxNs: 20e6 }),
      waitView({ cause: 'disk', syscall: 'fsync', totalNs: 2 * SECOND, maxNs: 90e6 }),
    ];
    const threads = [threadView({ time: { ...NO_TIME, disk: 8 * SECOND }, waits })];
    const reading = session(10, { disk: 8, onCpu: 8, poll: 4 }, { threads });
    const finding = the('disk-reads', reading);
    expect(finding.title).toMatch(/^Its threads spend 50% of their time that is not idle on the disk in system calls/);
    expect(finding.evidence[0]).toBe(
      '0.8 threads at a time, in pread64 75% (longest 20.0ms), fsync 25% (longest 90.0ms).',
    );
    expect(finding.severity).toBe('problem');
    expect(the('disk-reads', { ...reading, runtime: runtime('go', 2) }).severity).toBe('note');
  });
});
