/**
 * What serve does in the long run and with many targets, for real: prints a line now and then of what it has come to and what
 * it holds, and at the end what is not as it should be. Run by scripts/soak-serve.
 *
 *   restarts N      targets that end and begin again N times; what is counted of each is held against the kernel's count
 *   kills N         a target whose bpftrace is killed N times
 *   targets N       N targets at once
 *   hour MINUTES    a target of many threads that come and go, scraped all the time
 */
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { type Samples, Server, sample } from '../kernel/serve/server.js';
import { bpftracesOf, descriptorsOf, majorFaultsOf } from '../kernel/support/processes.js';
import { workloadPath } from '../kernel/support/repository.js';
import { until } from '../kernel/support/until.js';
import { startWorkload, Workload } from '../kernel/support/workload.js';

const LISTEN = ['--listen', '127.0.0.1:0'];
const failures: string[] = [];

function expectThat(holds: boolean, what: string): void {
  if (!holds) failures.push(what);
}

/** Each reads a file of its own: what another has mapped cannot be dropped from the page cache. */
const directory = mkdtempSync(join('/var/tmp', 'faultscope-soak-'));
let files = 0;

function startCold(...args: string[]): Promise<Workload> {
  files += 1;
  const own = mkdtempSync(join(directory, `${files}-`));
  return startWorkload('coldmmap', ['--dir', own, '--threads', '2', ...args]);
}

const isTracing = (samples: Samples) => sample(samples, 'faultscope_tracing') === 1;

interface Held {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly series: number;
}

async function held(server: Server): Promise<Held> {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return {
    residentMiB: Math.round(Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024),
    descriptors: descriptorsOf(server.pid).length,
    series: (await server.metrics()).size,
  };
}

async function tell(server: Server, what: string): Promise<void> {
  console.log(new Date().toISOString(), what, JSON.stringify(await held(server)));
}

/** So many targets end and begin again side by side, each under a name of its own: most of the time one waits. */
const LANES = 8;

async function restarts(times: number): Promise<void> {
  const names = Array.from({ length: Math.min(LANES, times) }, (_, lane) => `restarted${lane}`);
  for (const name of names) copyFileSync(workloadPath('coldmmap'), join(directory, name));
  for (const name of names) chmodSync(join(directory, name), 0o755);
  const server = new Server([...names.flatMap((name) => ['--name', name]), '--interval', '500ms', ...LISTEN]);
  await server.listening();
  const tally = { restarts: 0, counted: 0, kernel: 0 };
  const each = (lane: number) => Math.floor(times / names.length) + (lane < times % names.length ? 1 : 0) + 1;
  await Promise.all(
    names.map(async (name, lane) => {
      for (let time = 0; time < each(lane); time += 1) {
        await restart(server, name, tally);
        if (time > 0) tally.restarts += 1;
        if (time > 0 && tally.restarts % 50 === 0) await tell(server, JSON.stringify(tally));
      }
    }),
  );
  const end = await server.metrics();
  const sums = (name: string) =>
    names.reduce((sum, target) => sum + (sample(end, `faultscope_${name}_total`, { target }) ?? 0), 0);
  console.log(JSON.stringify(tally));
  expectThat(sums('target_restarts') === times, `${sums('target_restarts')} restarts are counted`);
  expectThat(sums('tracing_gaps') === 0, 'there were gaps');
  for (const name of ['lost_events', 'dropped_records']) expectThat(sums(name) === 0, `${name}: ${sums(name)}`);
  await server.end();
}

/** Begins a target, holds what is counted of it against the kernel, and ends it. */
async function restart(server: Server, name: string, tally: Tally): Promise<void> {
  const own = mkdtempSync(join(directory, `${name}-`));
  const target = new Workload(join(directory, name), [
    '--dir',
    own,
    '--threads',
    '2',
    '--rate',
    '300',
    '--mib',
    '8',
    '--hold',
  ]);
  await target.events('ready', 1);
  await server.metricsWhere(
    `${name} to be traced`,
    (samples) => sample(samples, 'faultscope_tracing', { target: name }) === 1,
    120_000,
  );
  await fault(server, name, target, tally);
  await target.end();
  rmSync(own, { recursive: true });
  await server.metricsWhere(
    `the end of ${name}`,
    (samples) => sample(samples, 'faultscope_target_up', { target: name }) === 0,
  );
  await until(`the bpftrace of ${name} to end`, () => bpftracesOf(target.pid).length === 0);
}

async function kills(times: number): Promise<void> {
  const target = await startCold('--rate', '300', '--mib', '64');
  const server = new Server(['--pid', String(target.pid), '--interval', '500ms', ...LISTEN]);
  await server.listening();
  let before = 0;
  for (let time = 1; time <= times; time += 1) {
    const samples = await server.metricsWhere('it to be traced', isTracing, 120_000);
    const faults = sample(samples, 'faultscope_major_faults_total') ?? 0;
    expectThat(faults >= before, `the count fell at kill ${time}`);
    before = faults;
    await later(10_500);
    for (const bpftrace of bpftracesOf(target.pid)) process.kill(bpftrace, 'SIGKILL');
    await server.metricsWhere('the gap', (now) => sample(now, 'faultscope_tracing_gaps_total') === time);
    if (time % 10 === 0) await tell(server, `${time} kills, ${before} faults`);
  }
  await server.metricsWhere('it to be traced', isTracing, 120_000);
  await server.end();
  expectThat(bpftracesOf(target.pid).length === 0, 'a bpftrace was left');
  await target.end();
}

/** They stand still but for one at a time, of which each fault must be counted: the CPUs are for what is looked at. */
async function targets(count: number): Promise<void> {
  const running: Workload[] = [];
  for (let index = 0; index < count; index += 1) {
    const target = await startCold('--rate', '300', '--mib', '4', '--hold');
    target.kill('SIGSTOP');
    running.push(target);
  }
  const pids = running.map(({ pid }) => pid);
  const beganMs = Date.now();
  const server = new Server([...pids.flatMap((pid) => ['--pid', String(pid)]), ...LISTEN]);
  await server.listening();
  const traced = (samples: Samples) =>
    [...samples].filter(([key, value]) => key.startsWith('faultscope_tracing{') && value === 1);
  await server.metricsWhere('all to be traced', (samples) => traced(samples).length === count, 1_200_000);
  console.log(`${count} targets are traced after ${((Date.now() - beganMs) / 1000).toFixed(0)} s`);
  const bpftraces = pids.flatMap(bpftracesOf);
  const cpu = cpuSeconds([server.pid, ...bpftraces]);
  await later(60_000);
  const [own = 0, ...others] = cpuSeconds([server.pid, ...bpftraces]).map((now, index) => now - (cpu[index] ?? 0));
  const bpftraceKiB = sum(bpftraces.map(proportionalKiB));
  console.log(`${bpftraces.length} bpftraces have ${Math.round(bpftraceKiB / 1024)} MiB (PSS)`);
  console.log(`in an idle minute: node ${own.toFixed(1)} s of CPU, the bpftraces ${sum(others).toFixed(1)} s`);
  const before = process.hrtime.bigint();
  await server.metrics();
  await tell(server, `a scrape took ${Number(process.hrtime.bigint() - before) / 1e6} ms`);
  const tally = { counted: 0, kernel: 0 };
  for (const target of running) await fault(server, `pid ${target.pid}`, target, tally);
  console.log(JSON.stringify(tally));
  await server.end();
  await until('all bpftraces to end', () => pids.flatMap(bpftracesOf).length === 0);
  await Promise.all(running.map((workload) => workload.end()));
}

/** What was counted of the targets, and what the kernel counts. */
interface Tally {
  counted: number;
  kernel: number;
}

/** Lets a target that is held fault for a moment, and holds what is counted of it meanwhile against the kernel. */
async function fault(server: Server, name: string, target: Workload, tally: Tally): Promise<void> {
  const faultsOf = (samples: Samples) => sample(samples, 'faultscope_major_faults_total', { target: name }) ?? 0;
  const begin = faultsOf(await server.metrics());
  const held = majorFaultsOf(target.pid);
  target.go();
  target.kill('SIGCONT');
  await later(500);
  target.kill('SIGSTOP');
  await later(100);
  const kernel = majorFaultsOf(target.pid) - held;
  const all = (samples: Samples) => faultsOf(samples) - begin >= kernel;
  const end = await server.metricsWhere(`${kernel} faults of ${name}`, all, 20_000).catch(() => server.metrics());
  const counted = faultsOf(end) - begin;
  expectThat(counted === kernel, `${name}: ${counted} faults counted, ${kernel} by the kernel`);
  tally.counted += counted;
  tally.kernel += kernel;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

async function hour(minutes: number): Promise<void> {
  const target = await startWorkload('threadchurn', ['--dir', directory, '--rate', '200']);
  const server = new Server(['--pid', String(target.pid), '--interval', '1s', ...LISTEN]);
  await server.listening();
  const begin = await server.metricsWhere('it to be traced', isTracing);
  for (let minute = 0; minute <= minutes; minute += 1) {
    if (minute % 5 === 0) await tell(server, `minute ${minute}`);
    for (let scrape = 0; scrape < 12; scrape += 1) {
      await later(5_000);
      await server.metrics();
    }
  }
  const end = await server.metrics();
  for (const name of ['lost_events', 'dropped_records', 'tracing_gaps']) {
    const lost = (sample(end, `faultscope_${name}_total`) ?? 0) - (sample(begin, `faultscope_${name}_total`) ?? 0);
    expectThat(lost === 0, `${name}: ${lost}`);
  }
  await server.end();
  await target.end();
}

function proportionalKiB(pid: number): number {
  return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
}

/** User and system time of each process so far; fields 14 and 15 of /proc/PID/stat are ticks of 10 ms. */
function cpuSeconds(pids: readonly number[]): number[] {
  return pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  });
}

const [what, amount = ''] = process.argv.slice(2);
const modes: Readonly<Record<string, (amount: number) => Promise<void>>> = { restarts, kills, targets, hour };
const mode = modes[what ?? ''];
if (mode === undefined || !/^\d+$/.test(amount)) throw new Error('restarts N, kills N, targets N or hour MINUTES');
await mode(Number(amount));
rmSync(directory, { recursive: true });
console.log(failures.length === 0 ? 'all as it should be' : failures.join('\n'));
process.exit(failures.length === 0 ? 0 : 1);
