import { setTimeout as later } from 'node:timers/promises';
import { execa } from 'execa';
import { CLEAN_ENVIRONMENT } from './child-environment.js';

/** Whether a file can be read without waiting for a server that does not answer; known at once where none has to be asked. */
export type Readable = true | Promise<boolean>;

const LIMIT_MS = 2000;

/**
 * Whether the server behind a file answers who opens it and reads a byte, be it with an error. Another process asks, which is left
 * behind where it does not end: one that waits for a FUSE server cannot be killed (request_wait_answer(), fs/fuse/dev.c), and we
 * would wait as long.
 */
export async function answers(path: string): Promise<boolean> {
  const asking = execa('head', ['-c', '1', '--', path], { ...CLEAN_ENVIRONMENT, stdio: 'ignore', reject: false });
  const outcome = await Promise.race([asking, later(LIMIT_MS, null, { ref: false })]);
  if (outcome !== null) return true;
  asking.kill('SIGKILL');
  asking.unref();
  return false;
}
