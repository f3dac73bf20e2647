import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { ExitCode, FaultscopeError } from '../errors.js';
import { safeText } from '../text/safe.js';
import type { ListenAddress, TlsFiles } from './config.js';
import { readKeys } from './pem-files.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A scraper needs one connection and a small header; whoever is slower, longer or more is sent away. */
const LIMITS: ServerOptions = {
  maxHeaderSize: 8_192,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};
const MOST_CONNECTIONS = 64;
const MOST_REQUESTS_A_CONNECTION = 10_000;
/** A reader that takes nothing for so long is dropped. */
const IDLE_SOCKET_MS = 70_000;

/** The listening side: one address, with or without TLS. */
export class HttpServer {
  readonly #server: Server | TlsServer;
  readonly #address: ListenAddress;

  private constructor(server: Server | TlsServer, address: ListenAddress) {
    this.#server = server;
    this.#address = address;
  }

  /** Resolves when it listens. Throws FaultscopeError (exit 2) where it cannot, or the TLS files are not sound. */
  static async open(address: ListenAddress, tls: TlsFiles | null, handle: Handler): Promise<HttpServer> {
    const server =
      tls === null
        ? createServer(LIMITS, handle)
        : createTlsServer({ ...LIMITS, ...readKeys(tls), handshakeTimeout: 10_000 }, handle);
    server.maxConnections = MOST_CONNECTIONS;
    server.maxRequestsPerSocket = MOST_REQUESTS_A_CONNECTION;
    server.timeout = IDLE_SOCKET_MS;
    // Clients that break off, speak no TLS or send no HTTP are their own problem.
    server.on('clientError', (_error, socket) => socket.destroy());
    await listen(server, address);
    return new HttpServer(server, address);
  }

  /** `http://127.0.0.1:9435`: the port as it is where 0 was asked for. */
  get url(): string {
    const bound = this.#server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : this.#address.port;
    const { host } = this.#address;
    const scheme = 'setSecureContext' in this.#server ? 'https' : 'http';
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** New certificates for connections to come. Throws FaultscopeError (exit 2) where they are not sound: the old stay. */
  renew(tls: TlsFiles): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(readKeys(tls));
  }

  /** Answers that are under way are finished, for a second at most. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const deadline = setTimeout(() => this.#server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(deadline);
  }
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refused(host, port, error)));
    server.listen({ host, port }, () => resolve());
  });
}

function refused(host: string, port: number, error: NodeJS.ErrnoException): FaultscopeError {
  const hint =
    error.code === 'EADDRINUSE' ? 'another program listens there: give --listen another port' : safeText(error.message);
  return new FaultscopeError({ exitCode: ExitCode.usage, message: `cannot listen on ${safeText(host)}:${port}`, hint });
}
