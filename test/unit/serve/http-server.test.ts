import { connect } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { counter } from '../../../src/metrics/family.js';
import { Exposition } from '../../../src/serve/exposition.js';
import { HttpServer } from '../../../src/serve/http-server.js';

let server: HttpServer | undefined;
afterEach(() => server?.close());

const NONE = { allows: () => true, challenge: '' };

async function serving(exposed: Partial<Exposition['exposed']> = {}): Promise<URL> {
  const families = () => [counter({ name: 'faults', help: 'Faults.' }, [[{ file: 'a"b\\c\nd' }, 3]])];
  const health = () => ({ status: 'ok' as const, targets: [] });
  const exposition = new Exposition({ families, health, authorization: null, ...exposed });
  server = await HttpServer.open({ host: '127.0.0.1', port: 0 }, null, exposition.handle);
  return new URL(server.url);
}

/** Sends bytes as they are; resolves with all that came until the other side closed. */
function raw(url: URL, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('a scraper', () => {
  test('gets OpenMetrics where it asks for it, and the older format where it does not', async () => {
    const url = await serving();
    const open = await fetch(new URL('/metrics', url), {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await open.text()).toMatch(/# EOF\n$/);
    const plain = await fetch(new URL('/metrics', url));
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await plain.text()).toContain('# TYPE faults_total counter\nfaults_total{');
  });

  test('makes the figures be collected hardly more than once, however often it asks at a time', async () => {
    let collected = 0;
    const url = await serving({ families: () => [counter({ name: 'n', help: 'N.' }, [[{}, ++collected]])] });
    await Promise.all(
      Array.from({ length: 50 }, () => fetch(new URL('/metrics', url)).then((answer) => answer.text())),
    );
    // Not once only where the CPUs are so busy that fifty answers take longer than half a second.
    expect(collected).toBeLessThan(10);
  });

  test('that takes gzip gets it', async () => {
    const points = Array.from({ length: 100 }, (_, index): [Record<string, string>, number] => [
      { i: String(index) },
      1,
    ]);
    const url = await serving({ families: () => [counter({ name: 'n', help: 'N.' }, points)] });
    const heard = await raw(
      url,
      'GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n',
    );
    const [head = '', body = ''] = heard.split(/\r\n\r\n(.*)/s);
    expect(head).toMatch(/content-encoding: gzip/i);
    expect(gunzipSync(Buffer.from(body, 'latin1')).toString()).toContain('n_total{i="99"} 1');
  });

  test('without the credentials learns nothing but whether all is well', async () => {
    const status = { target: 'secret', found: 1, leftOut: 0, processes: [] };
    const url = await serving({
      authorization: { ...NONE, allows: () => false },
      health: () => ({ status: 'failing', targets: [status] }),
    });
    expect((await fetch(new URL('/metrics', url))).status).toBe(401);
    const health = await fetch(new URL('/healthz', url));
    expect([health.status, await health.text()]).toEqual([503, '{"status":"failing"}\n']);
    const live = await fetch(new URL('/livez', url));
    expect([live.status, await live.text()]).toEqual([200, 'ok\n']);
  });

  test('learns from /healthz of whom there is something wrong, outside strings made safe', async () => {
    const slot = { process: 0, pid: 7, state: 'failing' as const, detail: 'no \u001b[2J' };
    const targets = [{ target: 'db', found: 1, leftOut: 0, processes: [slot] }];
    const url = await serving({ health: () => ({ status: 'failing', targets }) });
    const answer = await fetch(new URL('/healthz', url));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      status: 'failing',
      targets: [{ target: 'db', processes: [{ pid: 7 }] }],
    });
  });
});

describe('a hostile client', () => {
  test.each([
    ['POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc', '405'],
    ['GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
    ['GET /metrics/../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
    ['GET http://other/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
  ])('that sends %j gets %s', async (bytes, status) => {
    expect(await raw(await serving(), bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a header without an end', `GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}`],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('that sends %s is cut off', async (_what, bytes) => {
    expect(await raw(await serving(), bytes)).not.toContain('200');
  });

  test('that holds connections open keeps nobody else out for longer than its header may take', async () => {
    const url = await serving();
    const held = Array.from({ length: 64 }, () => raw(url, 'GET /metrics HTTP/1.1\r\n'));
    await later(200);
    const turnedAway = await raw(url, 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(turnedAway).toBe('');
    await Promise.all(held);
    expect((await fetch(new URL('/metrics', url))).status).toBe(200);
  }, 30_000);
});

test('an address that is taken, and TLS files that are none, are told in one line', async () => {
  const url = await serving();
  const address = { host: '127.0.0.1', port: Number(url.port) };
  await expect(HttpServer.open(address, null, () => {})).rejects.toThrow(`cannot listen on 127.0.0.1:${url.port}`);
  const files = { cert: '/etc/passwd', key: '/etc/passwd' };
  await expect(HttpServer.open(address, files, () => {})).rejects.toThrow('no certificate and its key');
});
