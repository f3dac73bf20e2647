import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Server } from './server.js';

const TOKEN = 'a token of the test';

/** `faultscope serve` with TLS and a token, on a port of its own. */
export class SecureServer {
  /** HOST:PORT. */
  readonly address: string;
  /** Files that a scraper needs. */
  readonly caFile: string;
  readonly tokenFile: string;
  readonly #server: Server;

  private constructor(server: Server, url: string, caFile: string, tokenFile: string) {
    this.#server = server;
    this.address = new URL(url).host;
    this.caFile = caFile;
    this.tokenFile = tokenFile;
  }

  /** Everything it needs is in `directory`; resolves when it listens. `targets` are as the configuration has them. */
  static async start(directory: string, targets: readonly object[]): Promise<SecureServer> {
    const [cert, key] = makeCertificate(directory);
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
    const config = join(directory, 'serve.json');
    const served = { listen: '127.0.0.1:0', tls: { cert, key }, auth: { tokenFile }, interval: '1s', targets };
    writeFileSync(config, JSON.stringify(served));
    const server = new Server(['--config', config]);
    return new SecureServer(server, await server.listening(), cert, tokenFile);
  }

  /** The metrics, in the older format. */
  async metrics(): Promise<string> {
    const asked = request(`https://${this.address}/metrics`, {
      ca: readFileSync(this.caFile),
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return text(answer);
  }

  end(): Promise<unknown> {
    return this.#server.end();
  }
}

/** For 127.0.0.1, signed by itself. */
export function makeCertificate(directory: string): readonly [cert: string, key: string] {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const subject = ['-subj', '/CN=faultscope', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return [cert, key];
}
