import { ExitCode } from '../errors.js';
import { hostFacts } from '../host/host-facts.js';
import { threadCount } from '../host/thread-count.js';
import type { Snapshot } from '../model/snapshot.js';
import { Trace } from '../model/trace.js';
import type { FaultscopeRecord, TargetFacts } from '../record/record.js';
import { Session } from '../session/session.js';
import type { ChosenTarget } from './choose-target.js';
import { deliver } from './deliver.js';
import type { Display } from './display.js';
import type { Exits } from './exits.js';
import { Headless } from './headless.js';
import type { LiveExports } from './live-exports.js';
import type { Plan } from './plan.js';
import { Screen } from './screen.js';
import { conclude, type End, targetExit, waitForEnd } from './session-end.js';
import { SessionRecording } from './session-recording.js';
import { toolVersion } from './version.js';

interface Bpftrace {
  readonly path: string;
  readonly version: string;
}

/** Observes a target as planned, and delivers what came of it. Returns the exit code; throws FaultscopeError. */
export async function observe(
  plan: Plan,
  exports: LiveExports,
  target: ChosenTarget,
  bpftrace: Bpftrace,
  exits: Exits,
): Promise<number> {
  let trace: Trace | undefined;
  let display: Display | undefined;
  const recording = new SessionRecording(plan, target.facts.pid, (message) => display?.say(message));
  const session = newSession(plan, target.facts, bpftrace, (record) => {
    if (record.kind === 'session') trace = new Trace(record);
    trace?.apply(record);
    recording.take(record);
    exports.add(record);
    if (record.kind === 'tick') display?.update();
  });
  exits.onExit(() => display?.close());
  const snapshot = () => {
    if (trace === undefined) throw new Error('a snapshot before the session record');
    return trace.snapshot();
  };
  const starting = session.start();
  // It may fail before anybody waits for it below.
  starting.catch(() => {});
  display = await openDisplay(plan, snapshot, session, recording);
  if (!plan.headless) exits.watchInput();
  try {
    const started = await Promise.race([starting.then(() => 'started' as const), exits.interrupted, display.quit]);
    let end: End = { reason: 'quit', exitCode: ExitCode.done, detail: null };
    if (started === 'started') {
      await recording.begin();
      await target.launch?.release();
      session.targetBegan();
      end = await waitForEnd(plan, { session, target, display, interrupted: exits.interrupted, recording });
    } else if (started !== undefined) {
      end = { reason: 'signal', exitCode: started.exitCode, detail: null };
    }
    await session.stop(end.reason, await targetExit(target, end));
    await recording.end();
    display.close();
    await deliver(exports, plan, snapshot());
    recording.report(snapshot());
    return conclude(end, recording);
  } catch (error) {
    display.close();
    await session.stop('crashed').catch(() => {});
    await recording.end().catch(() => {});
    throw error;
  }
}

function newSession(
  plan: Plan,
  target: TargetFacts,
  bpftrace: Bpftrace,
  emit: (record: FaultscopeRecord) => void,
): Session {
  return new Session({
    toolVersion: toolVersion(),
    host: hostFacts(bpftrace.version),
    target,
    bpftrace: bpftrace.path,
    intervalMs: plan.intervalMs,
    exact: plan.exact ? 'on' : 'auto',
    sets: plan.sets,
    capacity: plan.capacity,
    budget: plan.budget,
    threads: threadCount(target.pid),
    emit,
  });
}

async function openDisplay(
  plan: Plan,
  snapshot: () => Snapshot,
  session: Session,
  recording: SessionRecording,
): Promise<Display> {
  const recordedBytes = () => recording.bytes;
  if (plan.headless) return new Headless(snapshot, plan.durationMs, recordedBytes);
  return Screen.open(snapshot, plan.force, {
    toggle: (set) => session.toggle(set),
    recording: { toggle: () => recording.toggle(), bytes: recordedBytes },
  });
}
