import { cpus, machine, release } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { diagnose } from '../diagnosis/diagnose.js';
import { thisHost } from '../doctor/check.js';
import { preflight } from '../doctor/doctor.js';
import { ExitCode, FaultscopeError } from '../errors.js';
import type { ExportPlan } from '../export/export-plan.js';
import { describeExit, renderReport } from '../export/text-report.js';
import { STDOUT } from '../export/write-file.js';
import { pageSizeBytes } from '../host/page-size.js';
import { threadCount } from '../host/thread-count.js';
import type { Snapshot } from '../model/snapshot.js';
import { Trace } from '../model/trace.js';
import { locateBpftrace } from '../probe/locate.js';
import { type EndRecord, type FaultscopeRecord, OPTIONAL_SETS, type OptionalSetName } from '../record/record.js';
import { type EndReason, Session } from '../session/session.js';
import { safeText } from '../text/safe.js';
import { type ChosenTarget, chooseTarget, type Output } from './choose-target.js';
import { Exits } from './exits.js';
import { Headless } from './headless.js';
import { LiveExports, planExports, refuseWithoutStacks } from './live-exports.js';
import type { LiveOptions } from './live-options.js';
import { parseCapacity, parseInterval, parseTime } from './options.js';
import { Screen } from './screen.js';
import { toolVersion } from './version.js';

/** What shows the session while it runs: the full-screen view or the progress line. */
export interface Display {
  /** Something has changed. */
  update(): void;
  /** Gives the terminal back; may be called more than once, also from a crash. */
  close(): void;
  /** Resolves when the user asks to end. */
  readonly quit: Promise<void>;
}

/** The main command: observe one process until it, the user or the clock says stop. Returns the exit code. */
export async function live(options: LiveOptions, command: readonly string[]): Promise<number> {
  const exits = new Exits();
  const plan = planOf(options);
  // Asking bpftrace for its version takes a while; what it says is wanted last.
  const locating = locateBpftrace(options.bpftrace, process.env);
  locating.catch(() => {});
  if (plan.headless && !plan.sets.includes('stacks')) refuseWithoutStacks(plan.exports);
  const exports = await LiveExports.open(plan.exports, plan);
  preflight(thisHost(process.env, options.bpftrace));
  const target = await chooseTarget(options, command, plan, exits);
  if (target === null) return exits.interruption?.exitCode ?? ExitCode.done;
  try {
    return await observe(plan, exports, target, await locating, exits);
  } finally {
    // What we launched ends with us, as under perf(1) and strace(1).
    target.launch?.kill();
  }
}

interface Plan extends Output {
  readonly durationMs: number | null;
  readonly intervalMs: number;
  readonly exports: readonly ExportPlan[];
  readonly force: boolean;
  readonly exact: boolean;
  readonly sets: readonly OptionalSetName[];
  readonly capacity: number | null;
}

function planOf(options: LiveOptions): Plan {
  const toTerminal = process.stdout.isTTY === true;
  const paths = options.export ?? (toTerminal ? [] : [STDOUT]);
  return {
    headless: options.headless === true || !toTerminal || process.stdin.isTTY !== true,
    summaryOnStdout: paths.includes(STDOUT),
    durationMs: options.duration === undefined ? null : parseTime('--duration', options.duration),
    intervalMs: parseInterval(options.interval),
    exports: planExports({ ...options, export: paths }),
    force: options.force === true,
    exact: options.exact === true,
    sets: OPTIONAL_SETS.filter((set) => options[set] === true),
    capacity: options.capacity === undefined ? null : parseCapacity(options.capacity),
  };
}

async function observe(
  plan: Plan,
  exports: LiveExports,
  target: ChosenTarget,
  bpftrace: { path: string; version: string },
  exits: Exits,
): Promise<number> {
  let trace: Trace | undefined;
  let display: Display | undefined;
  const session = new Session({
    toolVersion: toolVersion(),
    host: {
      kernel: release(),
      arch: machine(),
      cpus: cpus().length,
      pageBytes: pageSizeBytes(),
      bpftrace: bpftrace.version,
    },
    target: target.facts,
    bpftrace: bpftrace.path,
    intervalMs: plan.intervalMs,
    exact: plan.exact ? 'on' : 'auto',
    sets: plan.sets,
    capacity: plan.capacity,
    threads: threadCount(target.facts.pid),
    emit: (record: FaultscopeRecord) => {
      if (record.kind === 'session') trace = new Trace(record);
      trace?.apply(record);
      exports.add(record);
      if (record.kind === 'tick') display?.update();
    },
  });
  exits.onExit(() => display?.close());
  const snapshot = () => {
    if (trace === undefined) throw new Error('a snapshot before the session record');
    return trace.snapshot();
  };
  const starting = session.start();
  // It may fail before anybody waits for it below.
  starting.catch(() => {});
  display = plan.headless
    ? new Headless(snapshot, plan.durationMs)
    : await Screen.open(snapshot, plan.force, (set) => session.toggle(set));
  try {
    const started = await Promise.race([starting.then(() => 'started' as const), exits.interrupted, display.quit]);
    let end: End = { reason: 'quit', exitCode: ExitCode.done, detail: null };
    if (started === 'started') {
      await target.launch?.release();
      session.targetBegan();
      end = await waitForEnd(plan, session, display, exits.interrupted, target);
    } else if (started !== undefined) {
      end = { reason: 'signal', exitCode: started.exitCode, detail: null };
    }
    await session.stop(end.reason, await targetExit(target, end));
    display.close();
    await deliver(exports, plan, snapshot());
    return conclude(end);
  } catch (error) {
    display.close();
    await session.stop('crashed').catch(() => {});
    throw error;
  }
}

interface End {
  readonly reason: EndReason;
  readonly exitCode: number;
  readonly detail: string | null;
}

async function waitForEnd(
  plan: Plan,
  session: Session,
  display: Display,
  interrupted: Exits['interrupted'],
  target: ChosenTarget,
): Promise<End> {
  const done = (reason: EndReason, exitCode: number = ExitCode.done): End => ({ reason, exitCode, detail: null });
  const ends: Promise<End>[] = [
    interrupted.then(({ exitCode }) => done('signal', exitCode)),
    display.quit.then(() => done('quit')),
    session.ended.then(({ reason, detail }) => ({
      reason,
      detail,
      exitCode: reason === 'probe-failed' ? ExitCode.failed : ExitCode.done,
    })),
  ];
  if (target.launch !== null) ends.push(target.launch.exited.then(() => done('target-exited')));
  if (plan.durationMs !== null) ends.push(later(plan.durationMs).then(() => done('duration')));
  const end = await Promise.race(ends);
  // On a screen the user reads on after the target's end, until q.
  if (plan.headless || (end.reason !== 'target-exited' && end.reason !== 'probe-failed')) return end;
  await session.stop(end.reason, await targetExit(target, end));
  display.update();
  await Promise.race([display.quit, interrupted]);
  return end;
}

async function targetExit({ launch }: ChosenTarget, { reason }: End): Promise<EndRecord['targetExit']> {
  return launch === null || reason !== 'target-exited' ? null : launch.exited;
}

async function deliver(exports: LiveExports, { summaryOnStdout }: Plan, snapshot: Snapshot): Promise<void> {
  const diagnosis = diagnose(snapshot);
  try {
    await exports.write({ snapshot, diagnosis });
  } finally {
    if (process.stdout.isTTY === true && !summaryOnStdout) process.stdout.write(renderReport(snapshot, diagnosis));
    else reportExit(snapshot.target);
  }
}

/** Where there is no report, a launched command's end is told on stderr. */
function reportExit({ comm, state }: Snapshot['target']): void {
  if (state.alive || state.exit === null) return;
  process.stderr.write(`faultscope: ${safeText(comm)} ${describeExit(state.exit)}\n`);
}

function conclude(end: End): number {
  if (end.reason !== 'probe-failed') return end.exitCode;
  throw new FaultscopeError({
    exitCode: ExitCode.failed,
    message: `tracing ended early: ${end.detail ?? 'bpftrace is gone'}`,
    hint: 'what was seen until then is in the summary',
  });
}

function later(ms: number): Promise<void> {
  // setTimeout takes at most 2^31 - 1 ms, 24.8 days; a longer wait goes in steps.
  const step = Math.min(ms, 2 ** 31 - 1);
  return setTimeout(step).then(() => (ms > step ? later(ms - step) : undefined));
}
