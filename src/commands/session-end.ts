import { ExitCode, FaultscopeError } from '../errors.js';
import type { EndRecord } from '../record/record.js';
import type { EndReason, Session } from '../session/session.js';
import type { ChosenTarget } from './choose-target.js';
import type { Display } from './display.js';
import type { Exits } from './exits.js';
import { later } from './later.js';
import type { Plan } from './plan.js';
import type { SessionRecording } from './session-recording.js';

export interface End {
  readonly reason: EndReason;
  readonly exitCode: number;
  readonly detail: string | null;
}

/** What can end a session. */
export interface Endings {
  readonly session: Session;
  readonly target: ChosenTarget;
  readonly display: Display;
  readonly interrupted: Exits['interrupted'];
  readonly recording: SessionRecording;
}

/** Resolves with whatever ends it first; on a screen the user reads on after the target's end, until q. */
export async function waitForEnd({ durationMs, headless }: Plan, endings: Endings): Promise<End> {
  const { session, target, display, interrupted, recording } = endings;
  const ends: Promise<End>[] = [
    interrupted.then(({ exitCode }) => done('signal', exitCode)),
    display.quit.then(() => done('quit')),
    recording.over.then(() => done('quit')),
    session.ended.then(({ reason, detail }) => ({
      reason,
      detail,
      exitCode: reason === 'probe-failed' ? ExitCode.failed : ExitCode.done,
    })),
  ];
  if (target.launch !== null) ends.push(target.launch.exited.then(() => done('target-exited')));
  if (durationMs !== null) ends.push(later(durationMs).then(() => done('duration')));
  const end = await Promise.race(ends);
  if (headless || (end.reason !== 'target-exited' && end.reason !== 'probe-failed')) return end;
  await session.stop(end.reason, await targetExit(target, end));
  display.update();
  await Promise.race([display.quit, interrupted]);
  return end;
}

export async function targetExit({ launch }: ChosenTarget, { reason }: End): Promise<EndRecord['targetExit']> {
  return launch === null || reason !== 'target-exited' ? null : launch.exited;
}

/** The exit code; throws FaultscopeError where it did not end as it should. */
export function conclude(end: End, { error }: SessionRecording): number {
  if (error !== null) throw error;
  if (end.reason !== 'probe-failed') return end.exitCode;
  throw new FaultscopeError({
    exitCode: ExitCode.failed,
    message: `tracing ended early: ${end.detail ?? 'bpftrace is gone'}`,
    hint: 'what was seen until then is in the summary',
  });
}

function done(reason: EndReason, exitCode: number = ExitCode.done): End {
  return { reason, exitCode, detail: null };
}
