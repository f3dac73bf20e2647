import { describe, expect, test } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { DEFAULT_BUDGET } from '../../../src/model/budget.js';
import { parseConfig, parseListen } from '../../../src/serve/config.js';

const read = (config: unknown) => parseConfig(JSON.stringify(config), 'serve.json');
const TARGETS = [{ name: 'db' }];

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FaultscopeError) return `${error.exitCode}: ${error.line}`;
    throw error;
  }
  return 'accepted';
}

describe('the configuration of serve', () => {
  test('needs no more than a target: it is then served to this host alone', () => {
    expect(read({ targets: TARGETS })).toEqual({
      listen: { host: '127.0.0.1', port: 9435 },
      tls: null,
      auth: null,
      otlp: null,
      targets: [
        {
          name: 'db',
          selector: { by: 'name', name: 'db' },
          intervalMs: 5000,
          processes: 4,
          sets: [],
          exact: false,
          capacity: null,
          budget: DEFAULT_BUDGET,
        },
      ],
    });
  });

  test('says all that can be said', () => {
    const config = read({
      listen: '[::]:9999',
      tls: { cert: '/c.pem', key: '/k.pem' },
      auth: { user: 'prometheus', passwordFile: '/p' },
      interval: '2s',
      targets: [
        {
          label: 'main',
          unit: 'postgresql',
          sets: ['requests', 'pagecache'],
          interval: '10s',
          processes: 8,
          capacity: 3,
          exact: true,
        },
        { cgroup: '/kubepods*/*', label: 'pods' },
        { pid: 7 },
      ],
      otlp: { endpoint: 'https://c:4318/v1/metrics', interval: '1m', headersFile: '/h', ca: '/ca.pem' },
    });
    expect(config.listen).toEqual({ host: '::', port: 9999 });
    expect(config.auth).toEqual({ kind: 'basic', user: 'prometheus', file: '/p' });
    expect(config.targets.map(({ name, intervalMs }) => [name, intervalMs])).toEqual([
      ['main', 10_000],
      ['pods', 2000],
      ['pid 7', 2000],
    ]);
    expect(new Set(config.targets[0]?.sets)).toEqual(new Set(['requests', 'pagecache']));
    expect(config.otlp).toEqual({
      endpoint: 'https://c:4318/v1/metrics',
      intervalMs: 60_000,
      headersFile: '/h',
      ca: '/ca.pem',
    });
  });

  test.each([
    ['nothing at all', {}, 'no target'],
    ['a key that it does not know', { targets: TARGETS, listne: ':1' }, 'has a key "listne"'],
    ['a key of a target that it does not know', { targets: [{ name: 'a', pids: 3 }] }, 'targets 1 has a key "pids"'],
    [
      'a target that is named in two ways',
      { targets: [{ name: 'a', pid: 3 }] },
      'needs one of pid, name, cgroup and unit',
    ],
    ['two targets of one name', { targets: [{ name: 'a' }, { unit: 'x', label: 'a' }] }, 'two targets are called a'],
    ['a set that there is not', { targets: [{ name: 'a', sets: ['magic'] }] }, 'sets 1 is not one of'],
    ['no list of targets', { targets: 'db' }, 'targets is not a list'],
    ['a pid that is a text', { targets: [{ pid: '7' }] }, 'pid is not a number from 1'],
    ['a time without a unit', { interval: '5', targets: TARGETS }, 'interval is not a time'],
    ['a place to push to that is none', { otlp: { endpoint: 'collector' }, targets: TARGETS }, 'no place to push to'],
    ['credentials in a URL', { otlp: { endpoint: 'http://u:p@c/v1' }, targets: TARGETS }, 'no place to push to'],
    [
      'auth of two kinds',
      { auth: { tokenFile: '/t', passwordFile: '/p' }, targets: TARGETS },
      'needs tokenFile, or user',
    ],
    ['escape sequences', { targets: [{ name: 'a', '\u001b[2J': 1 }] }, 'has a key'],
  ])('is refused in one line that says where the mistake is: %s', (_what, config, says) => {
    const line = refusal(() => read(config));
    expect(line).toMatch(/^2: /);
    expect(line).toContain(says);
    expect(line).not.toContain('\u001b');
  });

  test('that is no JSON is refused', () => {
    expect(refusal(() => parseConfig('{', 'serve.json'))).toMatch(/^2: serve\.json is not JSON/);
  });

  test.each([
    [{ listen: '0.0.0.0:9435' }, 'TLS'],
    [{ listen: ':9435', auth: { tokenFile: '/t' } }, 'TLS'],
    [{ listen: 'db1.example:9435', tls: { cert: '/c', key: '/k' } }, 'auth'],
    [{ listen: '[::ffff:127.0.0.1]:9435' }, 'TLS'],
    [{ listen: '127.0.0.1.evil.example:9435' }, 'TLS'],
  ])('that others could reach is refused without TLS and auth: %j', (part, lacks) => {
    expect(refusal(() => read({ ...part, targets: TARGETS }))).toContain(`and ${lacks} is not set up`);
  });

  test.each(['127.0.0.1:1', 'localhost:1', '[::1]:1', '127.9.9.9:1'])('may listen on %s as it is', (listen) => {
    expect(refusal(() => read({ listen, targets: TARGETS }))).toBe('accepted');
  });

  test.each(['9435', '127.0.0.1', 'a b:1', '1.2.3.4:70000', '::1:9435'])('%s is not an address', (listen) => {
    expect(refusal(() => parseListen(listen, '--listen'))).toContain('is not an address');
  });
});
