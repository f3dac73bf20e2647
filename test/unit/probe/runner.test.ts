import { expect, test } from 'vitest';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { ProbeRunner } from '../../../src/probe/runner.js';

const FAKE = new URL('../../fixtures/bpftrace/pauses-in-a-dump', import.meta.url).pathname;

test('a dump whose second half comes a second later is told at once, when it is whole', async () => {
  const seen: string[] = [];
  const runner = new ProbeRunner({
    set: 'threads',
    bpftrace: { path: FAKE, cpus: 1, version: '0.17.0' },
    variants: [{ name: 'as it is', registers: '', patches: [] }],
    args: ['1', '1'],
    mapKeys: 1024,
    decoder: () => new ThreadsDecoder(),
    emit: (record) => void seen.push(record.kind),
    dumpBegins: () => {},
    dumped: () => void seen.push('dumped'),
    nowNs: () => 0n,
  });
  await runner.start();
  const others = setInterval(() => seen.push('something else'), 50);
  await runner.failed;
  clearInterval(others);
  const waited = seen.lastIndexOf('something else', seen.indexOf('wait'));
  expect(waited).toBeGreaterThan(0);
  expect(seen.slice(waited + 1, waited + 4)).toEqual(['wait', 'switch', 'dumped']);
});
