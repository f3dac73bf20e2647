import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../../src/doctor/check.js';
import { useInstalledBpftrace } from '../support/bpftraces.js';
import { BuiltModules } from './built.js';

interface Answer {
  readonly checks: readonly Check[];
  readonly canRun: boolean;
  /** The line preflight ends with; null where it lets the live command go on. */
  readonly preflight: string | null;
}

let modules: BuiltModules;
let script: string;

useInstalledBpftrace();
beforeAll(() => {
  modules = new BuiltModules();
  script = modules.script(
    'doctor.js',
    `import { thisHost } from './src/doctor/check.js';
import { preflight, runDoctor } from './src/doctor/doctor.js';
const host = thisHost(process.env);
let line = null;
try { preflight(host); } catch (error) { line = error.line; }
console.log(JSON.stringify({ ...(await runDoctor(host)), preflight: line }));`,
  );
});
afterAll(() => modules.remove());

/** Runs the doctor behind a command such as `unshare -m`. */
function ask(before: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): Answer {
  const [command = process.execPath, ...argv] = [...before, process.execPath, script];
  return JSON.parse(execFileSync(command, argv, { encoding: 'utf8', env }));
}

function missing({ checks }: Answer): readonly string[] {
  return checks.filter(({ status }) => status === 'missing').map(({ name }) => name);
}

describe('the doctor on this host', () => {
  test('finds as root that everything is there, and traces to prove it', () => {
    const answer = ask();
    expect(missing(answer)).toEqual([]);
    expect(answer).toMatchObject({ canRun: true, preflight: null });
    expect(answer.checks.at(-1)).toMatchObject({ name: 'trial run', status: 'ok' });
  });

  test('tells an ordinary user to become root, and reports the rest', () => {
    const answer = ask(['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']);
    expect(missing(answer)).toEqual(['root']);
    expect(answer.preflight).toMatch(/root.*65534.*sudo/);
    expect(answer.checks).toContainEqual(expect.objectContaining({ name: 'bpftrace', status: 'ok' }));
    expect(answer.checks).toContainEqual(expect.objectContaining({ name: 'tracefs', status: 'warn' }));
  });

  test('says how to mount tracefs where it is not mounted', () => {
    const unmount = 'umount -a -t tracefs,debugfs; exec "$0" "$@"';
    const answer = ask(['unshare', '--mount', 'sh', '-c', unmount]);
    expect(missing(answer)).toEqual(['tracefs']);
    expect(answer.preflight).toContain('mount -t tracefs tracefs /sys/kernel/tracing');
  });

  test('the command it gives does mount tracefs', () => {
    const script = 'umount -a -t tracefs,debugfs; mount -t tracefs tracefs /sys/kernel/tracing; exec "$0" "$@"';
    expect(ask(['unshare', '--mount', 'sh', '-c', script])).toMatchObject({ canRun: true, preflight: null });
  });

  test('says that bpftrace is not installed', () => {
    const bpftrace = execFileSync('sh', ['-c', 'command -v bpftrace'], { encoding: 'utf8' });
    const hide = `mount --bind /dev/null ${bpftrace.trim()}; exec "$0" "$@"`;
    const answer = ask(['unshare', '--mount', 'sh', '-c', hide]);
    expect(missing(answer)).toEqual(['bpftrace']);
    expect(answer.checks.find(({ name }) => name === 'bpftrace')?.mend).toBe('apt-get install bpftrace');
    // That takes a child process to be sure of, and is left to the start of bpftrace.
    expect(answer.preflight).toBeNull();
  });

  test('finds bpftrace where PATH leads nowhere', () => {
    const answer = ask([], { ...process.env, PATH: '/nonexistent' });
    expect(answer.checks).toContainEqual(expect.objectContaining({ name: 'bpftrace', status: 'ok' }));
  });

  test.each([
    ['with its own /proc', ['--mount-proc']],
    ["with the host's /proc", []],
  ])('refuses a PID namespace %s', (_what, options) => {
    const answer = ask(['unshare', '--pid', '--fork', ...options]);
    expect(missing(answer)).toEqual(['PID namespace']);
    expect(answer.preflight).toContain('--pid=host');
  });

  test('is not taken in by the root of a user namespace', () => {
    expect(missing(ask(['unshare', '--user', '--map-root-user']))).toEqual(['root']);
  });

  test('names the capability that root lacks', () => {
    const drop = ['setpriv', '--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace'];
    const answer = ask(drop);
    expect(missing(answer)).toEqual(['root']);
    expect(answer.preflight).toContain('CAP_SYS_PTRACE');
  });
});
