import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ExitCode, FaultscopeError } from '../errors.js';
import { type Owner, sudoOwner } from '../export/sudo-owner.js';

const PROGRAM = fileURLToPath(import.meta.url);

/**
 * Makes of root under sudo, for good, the user who called it: what needs no root, such as reading what may be a hostile
 * recording, is done without. Does nothing where we are not root, or root called. Throws FaultscopeError (exit 3).
 */
export function stepDown(): void {
  const caller = sudoOwner(process.env, process.geteuid?.());
  if (caller === null || caller.uid === 0) return;
  become(caller);
  try {
    // Parts of it are read when they are needed.
    accessSync(PROGRAM, constants.R_OK);
  } catch (cause) {
    throw new FaultscopeError({
      exitCode: ExitCode.host,
      message: `user ${caller.uid}, who called sudo, may not read ${PROGRAM}`,
      hint: 'nothing but tracing needs root here: install faultscope where all may read it',
      cause,
    });
  }
}

/** Groups first: once the user is another, it may not choose them any more. setuid(2) of root leaves no way back. */
function become({ uid, gid }: Owner): void {
  takeGroups(uid, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** Those that a login would give; the one of sudo's where the user is in no list. */
function takeGroups(uid: number, gid: number): void {
  try {
    // Missing in the typings; it is there wherever setgroups is.
    if ('initgroups' in process && typeof process.initgroups === 'function') process.initgroups(uid, gid);
  } catch {
    process.setgroups?.([gid]);
  }
}
