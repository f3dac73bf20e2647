import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectNothingLost } from '../support/account.js';
import { bpftraces, newestBpftrace } from '../support/bpftraces.js';
import { AT_ONCE, requestsOf, run } from '../support/requests.js';
import { numberOf, startWorkload } from '../support/workload.js';

const REQUESTS = 150;
const directory = mkdtempSync(join(tmpdir(), 'faultscope-requests-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Where a server listens; a path is relative to `directory`. */
const PLACES = [
  { place: 'a TCP port', listen: '0' },
  { place: "a unix socket's path", listen: 'server.sock' },
];
/** Differs from a path in what it is called. */
const ABSTRACT = { place: 'an abstract unix socket', listen: '@faultscope-test-server' };
const NEWEST = bpftraces().at(-1);

describe.each(bpftraces())('requests seen by bpftrace of $release', ({ release, path }) => {
  test.each(release === NEWEST?.release ? [...PLACES, ABSTRACT] : PLACES)(
    'over $place: every one is counted, and takes as long as the server took',
    async ({ listen }) => {
      const server = await startWorkload(
        'answers',
        ['--listen', listen, '--dir', directory, '--delay', '0.01', '--requests', String(REQUESTS), '--hold'],
        AT_ONCE,
      );
      try {
        const { summary, requests } = await requestsOf(server, path, run(server));
        const [truth] = await server.results();
        if (truth === undefined) throw new Error('the server said nothing');
        expect(numberOf(truth, 'answered')).toBe(REQUESTS);
        expect(requests.count).toBe(REQUESTS);
        const meanNs = numberOf(truth, 'totalNs') / REQUESTS;
        expect(Math.abs((requests.latency.p50Ns ?? 0) - meanNs)).toBeLessThan(meanNs * 0.1);
        // A single one may be held up between its own reading of the clock and ours.
        expect(Math.abs((requests.latency.maxNs ?? 0) - numberOf(truth, 'maxNs'))).toBeLessThan(10e6);
        expectNothingLost(summary);
      } finally {
        await server.end();
        rmSync(join(directory, listen), { force: true });
      }
    },
  );
});

// What a socket is taken for does not differ between versions.
describe.each(newestBpftrace())('requests seen by bpftrace of $release', ({ path }) => {
  test.each(PLACES)('over $place that is listened on only later: every one', async ({ listen }) => {
    const server = await startWorkload('answers', [
      ...['--listen', listen, '--dir', directory, '--delay', '0.002', '--requests', String(REQUESTS)],
      ...['--late', '--hold'],
    ]);
    try {
      const { requests } = await requestsOf(server, path, run(server));
      expect(requests.count).toBe(REQUESTS);
    } finally {
      await server.end();
      rmSync(join(directory, listen), { force: true });
    }
  });

  test.each(PLACES)('what it asks of another server over $place is no request of its own', async ({ listen }) => {
    const behind = await startWorkload('answers', ['--listen', listen, '--dir', directory, '--delay', '0.004']);
    try {
      const [listening] = await behind.events('listening', 1);
      const upstream = listen === '0' ? String(listening?.port) : listen;
      const server = await startWorkload('answers', [
        ...['--dir', directory, '--upstream', upstream, '--delay', '0.012', '--requests', String(REQUESTS), '--hold'],
      ]);
      try {
        const { requests } = await requestsOf(server, path, run(server));
        expect(requests.count).toBe(REQUESTS);
        // The other server's 4 ms lie within its own 12.
        expect(requests.latency.p50Ns).toBeGreaterThan(11.9e6);
      } finally {
        await server.end();
      }
    } finally {
      await behind.end();
      rmSync(join(directory, listen), { force: true });
    }
  });
});
