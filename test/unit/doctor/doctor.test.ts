import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check, DoctorHost } from '../../../src/doctor/check.js';
import { firstObstacle, preflight, runDoctor } from '../../../src/doctor/doctor.js';
import { renderDoctor } from '../../../src/doctor/render.js';
import { FaultscopeError } from '../../../src/errors.js';
import { FakeHost } from './fake-host.js';

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
});
afterEach(() => host.remove());

async function check(name: string, changes: Partial<DoctorHost> = {}): Promise<Check | undefined> {
  const { checks } = await runDoctor(host.view(changes));
  return checks.find((found) => found.name === name);
}

describe('a host that lacks nothing', () => {
  test('can run, is told so, and was tried for real', async () => {
    const diagnosis = await runDoctor(host.view());
    expect(diagnosis.canRun).toBe(true);
    expect(diagnosis.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(diagnosis.checks.at(-1)?.name).toBe('trial run');
    expect(renderDoctor(diagnosis).at(-1)).toBe('This host can run faultscope.');
  });

  test('passes the quick look of the live command', () => {
    expect(() => preflight(host.view())).not.toThrow();
  });
});

test('kernel types in a file of their own are as good', async () => {
  host.remove('sys/kernel/btf');
  host.write('var/lib/kernel.btf', '');
  const env = { PATH: '/usr/bin:/bin', BPFTRACE_BTF: '/var/lib/kernel.btf' };
  expect(await check('kernel types (BTF)', { env })).toMatchObject({ status: 'ok', detail: '/var/lib/kernel.btf' });
});

describe('what stops the main job', () => {
  const obstacles: [string, string, () => Partial<DoctorHost>][] = [
    ['no root', 'root', () => ({ euid: 1000 })],
    ['no capabilities', 'root', () => host.write('proc/self/status', 'CapEff:\t00000000a80425fb\n') ?? {}],
    ['root of a user namespace', 'root', () => host.namespace('user', 4026532999) ?? {}],
    ['a PID namespace', 'PID namespace', () => host.namespace('pid', 4026532999) ?? {}],
    [
      'lockdown',
      'kernel lockdown',
      () => host.write('sys/kernel/security/lockdown', 'none integrity [confidentiality]\n') ?? {},
    ],
    ['no BTF', 'kernel types (BTF)', () => host.remove('sys/kernel/btf') ?? {}],
    [
      'no BTF where BPFTRACE_BTF says',
      'kernel types (BTF)',
      () => ({ env: { PATH: '/usr/bin:/bin', BPFTRACE_BTF: '/var/lib/none.btf' } }),
    ],
    ['no perf events', 'perf events', () => host.remove('proc/sys/kernel/perf_event_paranoid') ?? {}],
    ['no schedstat', 'schedstat', () => host.remove('proc/self/schedstat') ?? {}],
    ['no tracefs', 'tracefs', () => host.remove('sys/kernel/tracing/events') ?? {}],
    ['no sched_switch', 'sched_switch', () => host.remove('sys/kernel/tracing/events/sched/sched_switch') ?? {}],
    ['an old bpftrace', 'bpftrace', () => host.program('bpftrace', 'echo bpftrace v0.16.0') ?? {}],
    ['no bpftrace', 'bpftrace', () => ({ bpftrace: '/nonexistent' })],
    [
      'a trial that fails',
      'trial run',
      () => host.program('bpftrace', '[ "$1" = --version ] && echo bpftrace v0.17.0') ?? {},
    ],
    ['an old node', 'node', () => ({ node: '18.19.0' })],
  ];

  test.each(obstacles)('%s: is missing, named, and exit 3', async (_what, name, change) => {
    const diagnosis = await runDoctor(host.view(change()));
    expect(diagnosis.canRun).toBe(false);
    expect(diagnosis.checks.filter(({ status }) => status === 'missing').map((found) => found.name)).toEqual([name]);
    const obstacle = firstObstacle(diagnosis.checks);
    expect(obstacle).toMatchObject({ exitCode: 3 });
    expect(obstacle?.line).toContain(name);
    expect(obstacle?.line).toContain('faultscope doctor');
    expect(renderDoctor(diagnosis).at(-1)).toMatch(/^This host cannot run faultscope yet/);
  });

  test.each([
    ['sys/kernel/tracing/events', /tracefs/],
    ['proc/self/schedstat', /schedstat/],
    ['sys/kernel/btf', /BTF/],
  ])('is known before anything is started where there is no %s', (path, named) => {
    host.remove(path);
    expect(() => preflight(host.view())).toThrow(FaultscopeError);
    expect(() => preflight(host.view())).toThrow(named);
  });

  test('has the command that mends it', async () => {
    host.remove('sys/kernel/tracing/events');
    expect((await check('tracefs'))?.mend).toBe('mount -t tracefs tracefs /sys/kernel/tracing');
    expect((await check('root', { euid: 1000 }))?.mend).toMatch(/^sudo faultscope/);
  });

  test('a kernel without tracefs is not told to mount it', async () => {
    host.remove('sys/kernel/tracing/events');
    host.write('proc/filesystems', 'nodev\tsysfs\n\text4\n');
    expect(await check('tracefs')).not.toHaveProperty('mend');
  });

  test('a complaint of bpftrace is quoted in one line without escapes', async () => {
    host.program(
      'bpftrace',
      `[ "$1" = --version ] && { echo bpftrace v0.17.0; exit; }
printf "ERROR: couldn't set RLIMIT_MEMLOCK for bpftrace\\n\\033[31mERROR: no such probe\\nmore\\n" >&2; exit 1`,
    );
    expect((await check('trial run'))?.detail).toBe('bpftrace: ERROR: no such probe');
  });
});

describe('what takes less away is a warning', () => {
  const warnings: [string, string, () => Partial<DoctorHost>][] = [
    ['another architecture', 'architecture', () => ({ arch: 'aarch64' })],
    ['an old kernel', 'kernel', () => ({ release: '5.3.0-1-amd64' })],
    ['schedstat all zeros', 'schedstat', () => host.write('proc/self/schedstat', '0 0 0\n') ?? {}],
    ['no page fault tracepoint', 'page_fault_user', () => host.remove('sys/kernel/tracing/events/exceptions') ?? {}],
    ['no socket events', 'sock_recv_length', () => host.remove('sys/kernel/tracing/events/sock') ?? {}],
    ['no /proc/self/ns', 'PID namespace', () => host.remove('proc/self/ns/pid') ?? {}],
  ];

  test.each(warnings)('%s', async (_what, name, change) => {
    const changes = change();
    expect(await check(name, changes)).toMatchObject({ status: 'warn' });
    expect((await runDoctor(host.view(changes))).canRun).toBe(true);
  });

  test('locked memory matters before 5.11 only', async () => {
    expect(await check('locked memory', { release: '5.10.0' })).toMatchObject({
      status: 'warn',
      mend: 'ulimit -l unlimited',
    });
    expect(await check('locked memory', { release: '5.11.0' })).toMatchObject({ status: 'ok' });
    host.write('proc/self/limits', 'Max locked memory         unlimited            unlimited            bytes\n');
    expect(await check('locked memory', { release: '5.10.0' })).toMatchObject({ status: 'ok' });
  });
});

test('the older mount point of tracefs counts too', async () => {
  host.remove('sys/kernel/tracing/events');
  host.directory('sys/kernel/debug/tracing/events/sched/sched_switch');
  expect(await check('tracefs')).toMatchObject({ status: 'ok', detail: '/sys/kernel/debug/tracing' });
  expect(await check('sched_switch')).toMatchObject({ status: 'ok' });
});

test('modern capabilities are enough without CAP_SYS_ADMIN', async () => {
  const bits = (1n << 39n) | (1n << 38n) | (1n << 19n);
  host.write('proc/self/status', `CapEff:\t${bits.toString(16).padStart(16, '0')}\n`);
  expect(await check('root')).toMatchObject({ status: 'ok' });
});

test('says of each capability that the systemd unit gives what is lost without it', async () => {
  const unit = { BPF: 39n, PERFMON: 38n, SYS_PTRACE: 19n, CHECKPOINT_RESTORE: 40n, DAC_READ_SEARCH: 2n, SYSLOG: 34n };
  const toldWithout = async (name: string) => {
    const bits = Object.entries(unit).reduce((sum, [each, bit]) => (each === name ? sum : sum | (1n << bit)), 0n);
    host.write('proc/self/status', `CapEff:\t${bits.toString(16).padStart(16, '0')}\n`);
    const { checks } = await runDoctor(host.view());
    return checks
      .filter(({ detail, status }) => status !== 'ok' && /capability|CAP_/.test(detail))
      .map(({ name }) => name);
  };
  expect(await toldWithout('')).toEqual([]);
  for (const name of ['BPF', 'PERFMON', 'SYS_PTRACE']) expect(await toldWithout(name)).toEqual(['root']);
  for (const name of ['CHECKPOINT_RESTORE', 'DAC_READ_SEARCH', 'SYSLOG']) {
    expect(await toldWithout(name)).toEqual([name]);
  }
});

describe('the report', () => {
  test('is aligned, a line a check, with what mends it beneath', () => {
    const checks: Check[] = [
      { name: 'a', status: 'ok', detail: 'fine' },
      { name: 'tracefs', status: 'missing', detail: 'not mounted', mend: 'mount it' },
      { name: 'b', status: 'warn', detail: 'so so' },
    ];
    expect(renderDoctor({ checks, canRun: false })).toEqual([
      'ok       a        fine',
      'missing  tracefs  not mounted',
      '                  mend: mount it',
      'warn     b        so so',
      '',
      'This host cannot run faultscope yet: mend what is missing, from the top.',
    ]);
    expect(renderDoctor({ checks: checks.slice(2), canRun: true }).at(-1)).toBe(
      'This host can run faultscope, with 1 warning.',
    );
  });

  test('fits eighty columns on any host but for paths', async () => {
    host.namespace('pid', 4026532999);
    host.namespace('user', 4026532999);
    for (const path of ['sys/kernel/btf', 'proc/self/schedstat', 'proc/sys/kernel/perf_event_paranoid'])
      host.remove(path);
    for (const group of ['exceptions', 'sock', 'block', 'filemap', 'sched'])
      host.remove(`sys/kernel/tracing/events/${group}`);
    host.write('sys/kernel/security/lockdown', 'none integrity [confidentiality]\n');
    host.write('proc/self/status', 'CapEff:\t0000000000000000\n');
    const diagnosis = await runDoctor(host.view({ arch: 'aarch64', release: '4.19.0-27-arm64' }));
    const lines = renderDoctor(diagnosis).filter((line) => !line.includes(host.root));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('of this very host names every check once', async () => {
    const { checks } = await runDoctor(host.view({ root: '' }));
    const names = checks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
