import { mkdtemp, open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExitCode, FaultscopeError } from '../errors.js';
import { CLEAN_ENVIRONMENT } from './child-environment.js';
import { findProgram, searchPath } from './find-program.js';

/** What a command waits at before it is executed. */
export interface Gate {
  /** Private, and among the arguments of every stage before the command. */
  readonly directory: string;
  /** What to start, with `before` and then the command as its arguments. */
  readonly program: string;
  readonly before: readonly string[];
  /** Lets the command through. */
  open(): Promise<void>;
  /** Removes what is left of the gate. Not opened before, it lets nothing through. */
  abandon(): Promise<void>;
}

/**
 * A gate made of util-linux and a private directory. A holder child keeps an exclusive lock until its standard input
 * closes; the command's PID waits in flock(1) for a shared lock and then executes DIRECTORY/go in place, which clears
 * the death signal and executes the command.
 *
 * `go` is a link to setpriv(1) that is made only on opening: where we die first, the holder's input closes too and the
 * lock comes free, but there is nothing to execute, and the command never begins untraced. (PR_SET_PDEATHSIG alone would
 * race with that: the kernel closes our files before it signals our children.)
 */
export async function openGate(path: string): Promise<Gate> {
  const flock = requireTool('flock', path);
  const setpriv = requireTool('setpriv', path);
  const cat = requireTool('cat', path);
  const directory = await mkdtemp(join(tmpdir(), 'faultscope-'));
  const lock = join(directory, 'lock');
  await (await open(lock, 'wx', 0o600)).close();
  const holder = execa(flock, ['--no-fork', '--exclusive', lock, cat], {
    ...CLEAN_ENVIRONMENT,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
  });
  const remove = () => rm(directory, { recursive: true, force: true });
  if (!(await echoes(holder))) {
    await remove();
    throw new FaultscopeError({ exitCode: ExitCode.host, message: `${flock} could not lock ${lock}` });
  }
  const go = join(directory, 'go');
  const letHolderGo = async () => {
    holder.stdin.end();
    await holder;
  };
  return {
    directory,
    program: setpriv,
    before: ['--pdeathsig', 'KILL', '--', flock, '--no-fork', '--shared', lock, go, '--pdeathsig', 'clear', '--'],
    open: async () => {
      await symlink(setpriv, go);
      await letHolderGo();
    },
    abandon: async () => {
      await letHolderGo();
      await remove();
    },
  };
}

/** The holder runs cat only once it has the lock: what we write comes back then. False where it ended instead. */
function echoes(holder: { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream }): Promise<boolean> {
  return new Promise((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.stdout.once('end', () => resolve(false));
    holder.stdin.on('error', () => resolve(false));
    holder.stdin.write('.');
  });
}

function requireTool(name: string, path: string): string {
  const found = findProgram(name, searchPath(path, '/usr/bin:/bin'));
  if (found !== null) return found;
  throw new FaultscopeError({
    exitCode: ExitCode.host,
    message: `launching a command needs ${name}, which is not installed`,
    hint: `apt-get install ${name === 'cat' ? 'coreutils' : 'util-linux'}`,
  });
}
