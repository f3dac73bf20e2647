import { existsSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { ProbeRunner } from '../../../src/probe/runner.js';

function runnerOf(fake: string, seen: string[]): ProbeRunner {
  return new ProbeRunner({
    set: 'threads',
    bpftrace: new URL(`../../fixtures/bpftrace/${fake}`, import.meta.url).pathname,
    host: { cpus: 1, bpftrace: '0.17.0' },
    variants: [{ name: 'as it is', registers: '', patches: [] }],
    args: ['1', '1'],
    mapKeys: 1024,
    decoder: () => new ThreadsDecoder(),
    emit: (record) => void seen.push(record.kind),
    onDump: { ended: () => void seen.push('dumped') },
    nowNs: () => 0n,
  });
}

test('a dump whose second half comes a second later is told at once, when it is whole', async () => {
  const seen: string[] = [];
  const runner = runnerOf('pauses-in-a-dump', seen);
  await runner.start();
  const others = setInterval(() => seen.push('something else'), 50);
  await runner.failed;
  clearInterval(others);
  const waited = seen.lastIndexOf('something else', seen.indexOf('wait'));
  expect(waited).toBeGreaterThan(0);
  expect(seen.slice(waited + 1, waited + 4)).toEqual(['wait', 'switch', 'dumped']);
});

test('a bpftrace that is gone has ended, also where a child of its wrapper still has the pipe; that one is ended too', async () => {
  const runner = runnerOf('leaves-a-child', []);
  await runner.start();
  const [, child = ''] = /^child (\d+)$/.exec(await runner.failed) ?? [];
  const stat = () => existsSync(`/proc/${child}`) && readFileSync(`/proc/${child}/stat`, 'utf8').split(' ')[2];
  expect(child).not.toBe('');
  await vi.waitFor(() => expect([false, 'Z']).toContain(stat()));
});
