import { execa } from 'execa';
import { ExitCode, FaultscopeError } from '../errors.js';
import { CLEAN_ENVIRONMENT } from '../host/child-environment.js';
import { findProgram, searchPath } from '../host/find-program.js';
import { safeText } from '../text/safe.js';

/** A bpftrace that answered. */
export interface Bpftrace {
  readonly path: string;
  /** Without the leading v, e.g. "0.17.0" or "0.23.2-10-gabc". */
  readonly version: string;
}

/** sudo's secure_path and cron's PATH leave some of these out. */
const USUAL_DIRECTORIES = '/usr/bin:/usr/sbin:/usr/local/bin';
const VERSION_TIMEOUT_MS = 10_000;

/**
 * Finds the bpftrace to use: `explicit` (--bpftrace PATH), else FAULTSCOPE_BPFTRACE, else the first one in PATH or in the
 * usual directories; and asks it for its version. Throws FaultscopeError (exit 3) with the command that mends it.
 */
export async function locateBpftrace(explicit: string | undefined, env: NodeJS.ProcessEnv): Promise<Bpftrace> {
  const path = chooseBpftrace(explicit, env);
  return { path, version: await readVersion(path) };
}

/** The version in what `bpftrace --version` prints ("bpftrace v0.17.0"); null where it prints something else. */
export function parseBpftraceVersion(output: string): string | null {
  return /^bpftrace v?(\d+\.\d+[\w.+-]*)$/m.exec(output)?.[1] ?? null;
}

function chooseBpftrace(explicit: string | undefined, env: NodeJS.ProcessEnv): string {
  const named = explicit ?? (env.FAULTSCOPE_BPFTRACE || undefined);
  const found = findProgram(named ?? 'bpftrace', searchPath(env.PATH, USUAL_DIRECTORIES));
  if (found !== null) return found;
  if (named === undefined) throw unusable('bpftrace is not installed', 'apt-get install bpftrace');
  const [source, mend] =
    explicit === undefined
      ? ['FAULTSCOPE_BPFTRACE', 'unset FAULTSCOPE_BPFTRACE']
      : ['--bpftrace', 'leave it out to use the installed one'];
  throw unusable(`${source} names ${safeText(named)}, which is not an executable file`, mend);
}

async function readVersion(path: string): Promise<string> {
  const result = await execa(path, ['--version'], {
    stdin: 'ignore',
    reject: false,
    timeout: VERSION_TIMEOUT_MS,
    maxBuffer: 65_536,
    ...CLEAN_ENVIRONMENT,
  });
  const version = parseBpftraceVersion(result.stdout);
  if (version !== null) return version;
  throw unusable(`${safeText(path)} --version ${whatItDid(result)}`, 'apt-get install --reinstall bpftrace');
}

function whatItDid(result: { timedOut: boolean; stderr: string; stdout: string }): string {
  if (result.timedOut) return `did not answer within ${VERSION_TIMEOUT_MS / 1000} s`;
  const said = safeText(`${result.stderr}\n${result.stdout}`.trim().split('\n')[0] ?? '').slice(0, 120);
  return said === '' ? 'printed no version' : `printed no version but "${said}"`;
}

function unusable(message: string, hint: string): FaultscopeError {
  return new FaultscopeError({ exitCode: ExitCode.host, message, hint });
}
