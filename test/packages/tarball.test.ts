import { afterAll, expect, test } from 'vitest';
import { CleanRoot, expectToSeeFaults } from './clean-root.js';
import { unpackTarball, VERSION } from './packages.js';

const root = new CleanRoot();
afterAll(() => root.remove());

const FAULTSCOPE = `${unpackTarball(root.path('/opt')).replace(/.*\/opt\//, '/opt/')}/bin/faultscope`;

test('unpacked on a host with bpftrace and no Node.js, no compiler and no network, it says its version and what the host can do', () => {
  expect(root.run('sh', '-c', 'for tool in node npm gcc cc; do command -v "$tool"; done; true')).toBe('');
  expect(root.run('cat', '/proc/net/dev').match(/^ *\S+:/gm)).toEqual([expect.stringContaining('lo:')]);
  expect(root.run(FAULTSCOPE, '--version')).toBe(`${VERSION}\n`);
  const doctor = root.run(FAULTSCOPE, 'doctor');
  expect(doctor).toMatch(/^ok +trial run /m);
  expect(doctor).toMatch(/^This host can run faultscope/m);
});

test('it sees the major faults of a process of the host', async () => {
  await expectToSeeFaults(root, FAULTSCOPE);
});

test('its demo needs no compiler', () => {
  root.run(FAULTSCOPE, 'demo', '--headless', '--duration', '2s', '--export', '/root/demo.json');
  const { target, totals } = JSON.parse(root.run('cat', '/root/demo.json'));
  expect(target).toMatchObject({ comm: 'coldmmap', launched: true });
  expect(totals.majorFaults).toBeGreaterThan(0);
});

test('a command it launches has the environment that faultscope was given', () => {
  const given = ['NODE_OPTIONS=--no-such-option', 'OPENSSL_CONF=/nowhere', 'NODE_ENV=production'];
  const printed = root.run('env', ...given, FAULTSCOPE, '--headless', '--export', '/root/env.json', '--', 'env');
  expect(printed.split('\n')).toEqual(expect.arrayContaining(given));
  expect(printed).not.toContain('FAULTSCOPE_');
});
