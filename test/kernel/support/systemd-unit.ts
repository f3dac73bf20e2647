import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, workloadPath } from './repository.js';

export const UNIT = join(REPOSITORY, 'packaging/systemd/faultscope.service');

/** All values of a setting, in order. */
function settings(name: string): readonly string[] {
  const lines = readFileSync(UNIT, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

/** As setpriv(1) names them: `sys_ptrace`. */
export function unitCapabilities(): readonly string[] {
  return settings('CapabilityBoundingSet').flatMap((value) =>
    value.split(' ').map((name) => name.replace('CAP_', '').toLowerCase()),
  );
}

/**
 * A command to run another behind, as root, that may then do what the unit lets it: its capabilities, no new privileges, and its system
 * calls. Not its name spaces, address families and limits, for which it takes systemd.
 */
export function asUnit(capabilities = unitCapabilities()): readonly string[] {
  const bounding = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
  const privileges = ['--inh-caps=-all', '--ambient-caps=-all', `--bounding-set=${bounding}`, '--no-new-privs'];
  return ['setpriv', ...privileges, workloadPath('onlysyscalls'), unitSystemCalls().join(',')];
}

/** The numbers of those that SystemCallFilter leaves, as far as the kernel's headers here know them. */
function unitSystemCalls(): readonly number[] {
  const allowed = new Set<string>();
  for (const value of settings('SystemCallFilter')) {
    const names = value.replace('~', '').split(' ').flatMap(membersOf);
    for (const name of names) value.startsWith('~') ? allowed.delete(name) : allowed.add(name);
  }
  return systemCallNumbers().flatMap(([name, number]) => (allowed.has(name) ? [number] : []));
}

/** A system call itself, or all of a group. */
function membersOf(name: string): readonly string[] {
  if (!name.startsWith('@')) return [name];
  const text = execFileSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' });
  const [, ...lines] = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).flatMap(membersOf);
}

/** As the C compiler has them for this architecture. */
function systemCallNumbers(): readonly (readonly [string, number])[] {
  const options = { input: '#include <sys/syscall.h>\n', encoding: 'utf8' } as const;
  const macros = execFileSync('cc', ['-E', '-dM', '-'], options);
  return [...macros.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name = '', number]) => [name, Number(number)]);
}
