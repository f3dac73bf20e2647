import { FaultscopeError } from '../errors.js';
import { findProgram, searchPath } from '../host/find-program.js';
import { findResidencyTools } from '../host/residency.js';
import { type Bpftrace, locateBpftrace } from '../probe/locate.js';
import { safeText } from '../text/safe.js';
import type { Check, DoctorHost } from './check.js';
import { isAtLeast } from './look.js';

const INSTALL_BPFTRACE = 'apt-get install bpftrace';

/** What there is to say of bpftrace, and bpftrace itself where it can be used. */
export async function checkBpftrace(host: DoctorHost): Promise<{ check: Check; bpftrace: Bpftrace | null }> {
  const name = 'bpftrace';
  try {
    const bpftrace = await locateBpftrace(host.bpftrace, host.env);
    const detail = `${bpftrace.version}, ${safeText(bpftrace.path)}`;
    if (isAtLeast(bpftrace.version, 0, 17) === true) return { check: { name, status: 'ok', detail }, bpftrace };
    const tooOld: Check = { name, status: 'missing', detail: `${detail}: older than 0.17`, mend: INSTALL_BPFTRACE };
    return { check: tooOld, bpftrace: null };
  } catch (error) {
    if (!(error instanceof FaultscopeError)) throw error;
    const mend = error.hint === undefined ? {} : { mend: error.hint };
    return { check: { name, status: 'missing', detail: error.message, ...mend }, bpftrace: null };
  }
}

/** flock(1) and setpriv(1): launching a command, and ending bpftrace with us even where we are killed. */
export function checkUtilLinux(host: DoctorHost): Check {
  const name = 'util-linux';
  const path = searchPath(host.env.PATH, '/usr/bin:/bin');
  const lacking = ['flock', 'setpriv'].filter((tool) => findProgram(tool, path) === null);
  if (lacking.length === 0) return { name, status: 'ok', detail: 'flock, setpriv: can launch a command' };
  return {
    name,
    status: 'warn',
    detail: `no ${lacking.join(', no ')}: cannot launch a command`,
    mend: 'apt-get install util-linux',
  };
}

/** fincore(1): Debian has it in util-linux-extra, others in util-linux. */
export function checkFincore(host: DoctorHost): Check {
  const name = 'fincore';
  if (findResidencyTools(host.env.PATH) !== null)
    return { name, status: 'ok', detail: 'how much of a file is in memory' };
  const detail = 'not installed: how much of a file is in memory is not told';
  return { name, status: 'warn', detail, mend: 'apt-get install util-linux-extra' };
}

export function checkNode(host: DoctorHost): Check {
  const name = 'node';
  if (isAtLeast(host.node, 20, 0) !== false) return { name, status: 'ok', detail: safeText(host.node) };
  return { name, status: 'missing', detail: `${safeText(host.node)}: faultscope needs 20 or later` };
}
