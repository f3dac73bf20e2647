import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Family } from '../metrics/family.js';
import { openMetrics } from '../metrics/openmetrics.js';
import { prometheusText } from '../metrics/prometheus-text.js';
import type { Authorization } from './authorization.js';
import type { Health } from './health.js';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
const PLAIN = 'text/plain; charset=utf-8';

/** A scrape within this of the one before gets the same figures: however many ask, it costs once. */
const FRESH_MS = 500;

/** What is asked for and who may ask. */
export interface Exposed {
  readonly families: () => readonly Family[];
  readonly health: () => Health;
  readonly authorization: Authorization | null;
}

/** Answers `/metrics`, `/healthz` and `/livez`. */
export class Exposition {
  /** Replaced where the configuration is read anew. */
  exposed: Exposed;
  #collected: { readonly atMs: number; readonly families: readonly Family[] } | null = null;

  constructor(exposed: Exposed) {
    this.exposed = exposed;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    // Nothing that we answer has a body sent to it.
    request.resume();
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(request, response, 405, PLAIN, 'only GET and HEAD\n');
    }
    if (path === '/metrics') return this.#metrics(request, response);
    if (path === '/healthz') return this.#healthz(request, response);
    // That it can answer is all there is to say: what it cannot trace is no reason to begin anew.
    if (path === '/livez') return send(request, response, 200, PLAIN, 'ok\n');
    send(request, response, 404, PLAIN, 'there are /metrics, /healthz and /livez\n');
  };

  #metrics(request: IncomingMessage, response: ServerResponse): void {
    const { authorization } = this.exposed;
    if (authorization !== null && !authorization.allows(request.headers.authorization)) {
      response.setHeader('www-authenticate', authorization.challenge);
      return send(request, response, 401, PLAIN, 'unauthorized\n');
    }
    const wantsOpenMetrics = (request.headers.accept ?? '').includes('application/openmetrics-text');
    const families = this.#collect();
    const text = [...(wantsOpenMetrics ? openMetrics(families) : prometheusText(families))].join('');
    send(request, response, 200, wantsOpenMetrics ? OPENMETRICS : PROMETHEUS, text);
  }

  /** Whoever may not ask for more learns whether all is well, and nothing else: a kubelet brings no credentials. */
  #healthz(request: IncomingMessage, response: ServerResponse): void {
    const { authorization, health } = this.exposed;
    const now = health();
    const allowed = authorization === null || authorization.allows(request.headers.authorization);
    const body = allowed ? now : { status: now.status };
    send(request, response, now.status === 'ok' ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
  }

  #collect(): readonly Family[] {
    const nowMs = performance.now();
    if (this.#collected === null || nowMs - this.#collected.atMs > FRESH_MS) {
      this.#collected = { atMs: nowMs, families: this.exposed.families() };
    }
    return this.#collected.families;
  }
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, text: string): void {
  const zip = text.length > 1024 && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = zip ? gzipSync(text) : Buffer.from(text);
  if (zip) response.setHeader('content-encoding', 'gzip');
  response.setHeader('vary', 'accept, accept-encoding');
  response.setHeader('x-content-type-options', 'nosniff');
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}
