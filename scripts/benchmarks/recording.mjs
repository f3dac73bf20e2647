// What a recording of a million records costs to read and to export: `scripts/bench recording`. The session is made up, in the
// proportions of real ones: a thousand threads of which sixty are at work, a reading a second, on four CPUs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { median } from './statistics.mjs';
import { markdownTable } from './table.mjs';

const RECORDS = 1_000_000;
const THREADS = 1000;
const AT_WORK = 60;
const SECOND = 1_000_000_000n;

/** The same numbers in every run (xorshift32). */
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const session = {
  kind: 'session',
  formatVersion: 1,
  toolVersion: '0.1.0',
  startedAtMs: 1_795_478_406_532,
  atNs: 500_000n * SECOND,
  host: { kernel: '6.18.44', arch: 'x86_64', cpus: 4, pageBytes: 4096, bpftrace: '0.23.2' },
  target: { pid: 1000, comm: 'database', exe: '/usr/bin/database', launched: false },
  syscallTable: 'x86_64',
};

/** Codes as bpf/threads.bt packs them: futex, nanosleep, pread, a wait in a fault, a fault's latency. */
const CODES = [(202 << 4) | 1, (35 << 4) | 1, (17 << 4) | 2, (1023 << 4) | 6, (2 << 14) | (1023 << 4) | 2];

/** Moments of a session, until there are RECORDS of them. */
function* moments() {
  const random = randomNumbers(20_261_128);
  const threads = Array.from({ length: THREADS }, (_, index) => ({
    tid: 1000 + index,
    startTicks: 49_000_000 + index * 3,
    generation: (49_000_000 + index * 3) & 0x3fff,
    onCpuNs: BigInt(random(2 ** 31)) * 40n,
    runQueueNs: BigInt(random(2 ** 31)),
    majorFaults: random(10_000),
    cells: new Map(),
  }));
  const levels = [0, 0, 0, 0, 0];
  const gap = { kind: 'sample-gap', samples: 0, late: 0, longestNs: 1_400_000, fullStalls: 0 };
  let majorFaults = 0;
  let written = 0;
  let atNs = session.atNs;

  const sample = (thread) => ({
    kind: 'sample',
    atNs,
    tid: thread.tid,
    startTicks: thread.startTicks,
    onCpuNs: thread.onCpuNs,
    runQueueNs: thread.runQueueNs,
    state: 'RSDS'[random(4)],
    majorFaults: thread.majorFaults,
    minorFaults: 400,
  });
  const switched = (thread, event) => ({
    kind: 'switch',
    event,
    tid: thread.tid,
    generation: thread.generation,
    atNs: atNs - BigInt(random(1_000_000)),
    onCpuNs: thread.onCpuNs,
    runQueueNs: thread.runQueueNs,
    code: CODES[random(4)],
    blockedBaseNs: 499_000n * SECOND,
    born: false,
    majorFaults: event === 'first' ? thread.majorFaults : null,
  });
  const cell = (thread) => {
    const code = CODES[random(CODES.length)];
    const bucket = 50 + random(12);
    const key = code * 256 + bucket;
    const known = thread.cells.get(key) ?? { count: 0, totalNs: 0, maxNs: 0 };
    thread.cells.set(key, known);
    const added = 1 + random(90);
    known.count += added;
    known.totalNs += added * (2 ** (bucket >> 2) + random(1000));
    known.maxNs = Math.max(known.maxNs, 2 ** (bucket >> 2) + random(1000));
    if (code === CODES[4]) majorFaults += added;
    const { tid, generation } = thread;
    return { kind: 'wait', tid, generation, code, bucket, epoch: 0, ...known };
  };
  const fault = (thread) => ({
    kind: 'fault',
    tid: thread.tid,
    generation: thread.generation,
    atNs: atNs - BigInt(random(1_000_000_000)),
    address: 0x7f00_0000_0000n + BigInt(random(2 ** 28)) * 16n,
    instruction: 0x5500_0000_1000n + BigInt(random(64)),
    latencyNs: 40_000 + random(900_000),
    weight: 20,
    page: { device: 271_581_185, inode: 1234n + BigInt(random(5)), index: BigInt(random(2 ** 20)) },
    goroutine: null,
  });
  const of = (count, make) => Array.from({ length: count }, make);
  const someone = () => threads[random(AT_WORK)];

  for (let second = 0; written < RECORDS; second += 1) {
    atNs += SECOND;
    gap.samples += 1000;
    gap.fullStalls += 8;
    for (const level of levels.keys()) levels[level] += random(400_000_000);
    for (const thread of threads.slice(0, AT_WORK)) {
      thread.onCpuNs += BigInt(random(50_000_000));
      thread.runQueueNs += BigInt(random(5_000_000));
      thread.majorFaults += random(100);
    }
    const records = [
      ...(second === 0 ? begin(threads, sample, switched) : []),
      ...levels.map((totalNs, level) => ({ kind: 'level', capacity: 4, level, totalNs })),
      { ...gap },
      ...of(AT_WORK, (_, index) => switched(threads[index], 'latest')),
      ...of(4 * AT_WORK, () => cell(someone())),
      ...of(5, (_, inode) => ({
        kind: 'file-faults',
        device: 271_581_185,
        inode: 1234n + BigInt(inode),
        step: 'other',
        count: majorFaults,
        totalNs: majorFaults * 100_000,
      })),
      ...of(100, () => fault(someone())),
      ...of(8, (_, index) => ({
        kind: 'stall',
        startNs: atNs - BigInt(random(1_000_000_000)),
        durationNs: 1_000_000 + random(9_000_000),
        level: 4,
        capacity: 4,
        number: second * 8 + index,
      })),
      ...of(32, (_, index) => {
        const { tid, generation } = someone();
        return {
          kind: 'stall-member',
          tid,
          generation,
          after: second * 8 + (index >> 2),
          upTo: second * 8 + (index >> 2) + 1,
        };
      }),
      {
        kind: 'process',
        atNs,
        majorFaults,
        majorFaultsBefore: majorFaults,
        minorFaults: 10_000 + second,
        threads: THREADS,
        hostFaults: 10 ** 9 + second * 5000,
      },
      ...of(AT_WORK, (_, index) => sample(threads[index])),
      system(atNs, second),
      { kind: 'tick', atNs },
    ];
    written += records.length;
    if (written >= RECORDS) records.push({ kind: 'end', atNs, reason: 'quit', targetExit: null });
    yield records;
  }
}

function begin(threads, sample, switched) {
  const { atNs } = session;
  const runtime = {
    kind: 'native',
    version: null,
    capacity: 4,
    capacitySource: '--capacity',
    goroutines: false,
    goroutineDetail: null,
  };
  return [
    session,
    { kind: 'runtime', atNs, runtime },
    {
      kind: 'probe',
      atNs,
      set: 'threads',
      state: 'running',
      variant: 'raw tracepoint, x86-64 registers',
      detail: null,
    },
    {
      kind: 'mapping',
      atNs,
      start: 0x7f00_0000_0000n,
      end: 0x7f01_0000_0000n,
      of: 'file',
      path: '/srv/data/table.dat',
      offset: 0n,
      device: 271_581_185,
      inode: 1234n,
    },
    ...threads.flatMap((thread) => [
      { kind: 'thread', atNs, tid: thread.tid, startTicks: thread.startTicks, name: `worker-${thread.tid % 16}` },
      sample(thread),
      switched(thread, 'first'),
    ]),
  ];
}

function system(atNs, second) {
  return {
    kind: 'system',
    atNs,
    userTicks: second * 40,
    systemTicks: second * 11,
    host: {
      userTicks: second * 60,
      systemTicks: second * 20,
      iowaitTicks: second * 90,
      idleTicks: second * 200,
      stealTicks: 0,
    },
    memoryPressure: { someUs: second * 1000, fullUs: second * 100 },
    ioPressure: { someUs: second * 100_000, fullUs: second * 50_000 },
  };
}

/** In ms since the process began, all its threads together: a busy machine does not make it more. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** In a process of its own, so that its memory is its own: what it takes to come to the first snapshot, and to the last. */
async function readIt(path) {
  const { openRecording } = await import('../../dist/recording/recording.js');
  const { Trace } = await import('../../dist/model/trace.js');
  const startedMs = cpuMs();
  const recording = openRecording(path);
  const trace = new Trace(recording.session);
  let firstMs = null;
  for (const records of recording.batches()) {
    for (const record of records) trace.apply(record);
    if (firstMs !== null) continue;
    trace.snapshot();
    firstMs = cpuMs() - startedMs;
  }
  trace.snapshot();
  const wholeMs = cpuMs() - startedMs;
  recording.close();
  console.log(JSON.stringify({ firstMs, wholeMs, residentKiB: process.resourceUsage().maxRSS }));
}

/** In a process of its own: an export from the process's begin to its end, as the command does it. */
async function exportIt(path, format) {
  const { exportRecording } = await import('../../dist/commands/export.js');
  await exportRecording(path, { output: `${path}.${format}`, format, force: true });
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ wallMs: performance.now(), cpuMs: cpuMs(), residentKiB: maxRSS }));
}

/** Wall time in ms from starting a replay in a terminal of 200x60 to the figures of the first screen. */
function firstScreen(path) {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const startedMs = performance.now();
  const terminal = spawnTerminal(process.execPath, [cli, 'replay', path], { cols: 200, rows: 60, name: 'xterm' });
  return new Promise((resolve, reject) => {
    let shown = '';
    terminal.onData((data) => {
      shown += data;
      // The first thread's row.
      if (!shown.includes('worker-')) return;
      resolve(performance.now() - startedMs);
      terminal.kill('SIGTERM');
    });
    terminal.onExit(() => reject(new Error(`the replay showed no thread: ${shown}`)));
  });
}

const FORMATS = ['json', 'csv', 'speedscope', 'pprof', 'perfetto', 'openmetrics', 'html'];

/** What a process of this file prints of itself. */
function apart(...args) {
  const self = fileURLToPath(import.meta.url);
  // What the export says on stderr would stand in the table.
  return JSON.parse(
    execFileSync(process.execPath, [self, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

async function writeIt(path) {
  const { RecordingWriter } = await import('../../dist/recording/writer.js');
  const writer = await RecordingWriter.create(path, { force: false });
  let records = 0;
  let writtenMs = 0;
  for (const moment of moments()) {
    const startedMs = cpuMs();
    writer.write(moment);
    writtenMs += cpuMs() - startedMs;
    records += moment.length;
  }
  await writer.close();
  return { records, writtenMs };
}

/** Tables of what was measured: medians of so many rounds. */
export async function measureRecording(rounds) {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-bench.'));
  const each = Array.from({ length: rounds });
  const of = (runs, figure) => Math.round(median(runs.map(figure)));
  try {
    const path = join(directory, 'million.fscope');
    const { records, writtenMs } = await writeIt(path);
    const { size } = statSync(path);
    const runs = each.map(() => apart(path));
    const screensMs = [];
    for (const _ of each) screensMs.push(await firstScreen(path));
    const reading = markdownTable(
      [`a recording of ${records.toLocaleString('en')} records, ${THREADS} threads`, ''],
      [
        ['file', `${(size / 1e6).toFixed(1)} MB, ${(size / records).toFixed(1)} bytes a record`],
        ['CPU time to write it', `${Math.round(writtenMs)} ms`],
        ['wall time from starting `replay` to its first screen', `${Math.round(median(screensMs))} ms`],
        ['CPU time from opening it to the first snapshot', `${of(runs, ({ firstMs }) => firstMs)} ms`],
        ['CPU time to play it whole, to the last snapshot', `${of(runs, ({ wholeMs }) => wholeMs)} ms`],
        ['most memory meanwhile', `${of(runs, ({ residentKiB }) => residentKiB / 1024)} MiB`],
      ],
    );
    const exports = FORMATS.map((format) => {
      const made = each.map(() => apart(path, format));
      return [
        format,
        `${(median(made.map(({ wallMs }) => wallMs)) / 1000).toFixed(1)} s`,
        `${(median(made.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(1)} s`,
        `${of(made, ({ residentKiB }) => residentKiB / 1024)} MiB`,
      ];
    });
    return `${reading}\n\n${markdownTable(['export', 'wall time', 'CPU time', 'most memory'], exports)}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const [, program, path, format] = process.argv;
if (program === fileURLToPath(import.meta.url)) await (format === undefined ? readIt(path) : exportIt(path, format));
