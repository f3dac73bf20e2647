import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../metrics/family.js';
import { mergeFamilies } from '../metrics/merge.js';
import { authorizationOf } from './authorization.js';
import type { ServeConfig } from './config.js';
import { Exposition } from './exposition.js';
import { Fleet } from './fleet.js';
import { healthOf } from './health.js';
import { HttpServer } from './http-server.js';
import type { Surroundings } from './observation.js';
import type { OtlpPush } from './otlp-push.js';
import { agentMetrics } from './serve-metrics.js';
import { Turnstile } from './turnstile.js';

/** bpftraces that start at once. */
const STARTS_AT_ONCE = 2;

/** Observes targets and serves what comes of it, until it is closed. */
export class Agent {
  readonly #surroundings: Surroundings;
  readonly #log: (line: string) => void;
  readonly #fleet: Fleet;
  readonly #exposition: Exposition;
  #config: ServeConfig;
  #server: HttpServer;
  #push: OtlpPush | null = null;
  #reloads = { done: 0, refused: 0 };

  /** Resolves when it listens. Throws FaultscopeError where it cannot do what the configuration asks. */
  static async open(config: ServeConfig, surroundings: Surroundings, log: (line: string) => void): Promise<Agent> {
    const exposition = new Exposition({
      families: () => [],
      health: () => ({ status: 'ok', targets: [] }),
      authorization: authorizationOf(config.auth),
    });
    const server = await HttpServer.open(config.listen, config.tls, exposition.handle);
    const agent = new Agent(config, { surroundings, log, exposition, server });
    await agent.#startPush();
    await agent.#fleet.become(config.targets);
    return agent;
  }

  private constructor(
    config: ServeConfig,
    parts: {
      readonly surroundings: Surroundings;
      readonly log: (line: string) => void;
      readonly exposition: Exposition;
      readonly server: HttpServer;
    },
  ) {
    this.#config = config;
    this.#surroundings = parts.surroundings;
    this.#log = parts.log;
    this.#server = parts.server;
    this.#exposition = parts.exposition;
    this.#fleet = new Fleet({
      surroundings: this.#surroundings,
      starts: new Turnstile(STARTS_AT_ONCE),
      log: parts.log,
    });
    this.#expose();
  }

  /** Where it listens. */
  get url(): string {
    return this.#server.url;
  }

  /**
   * Becomes what another configuration asks for; targets that stay as they are go on undisturbed. Throws FaultscopeError
   * where that cannot be read, or cannot be, and goes on as it was.
   */
  async reload(read: () => ServeConfig): Promise<void> {
    try {
      await this.#become(read());
      this.#reloads.done += 1;
    } catch (error) {
      this.#reloads.refused += 1;
      throw error;
    }
  }

  /** All is over when it resolves; no bpftrace is left. */
  async close(): Promise<void> {
    // The last figures go out before what they are of is over.
    await this.#push?.close();
    await Promise.all([this.#server.close(), this.#fleet.close()]);
  }

  async #become(config: ServeConfig): Promise<void> {
    const authorization = authorizationOf(config.auth);
    const moves = !isDeepStrictEqual(
      [config.listen, config.tls === null],
      [this.#config.listen, this.#config.tls === null],
    );
    if (moves) await this.#move(config);
    else if (config.tls !== null) this.#server.renew(config.tls);
    const pushes = !isDeepStrictEqual(config.otlp, this.#config.otlp);
    this.#config = config;
    this.#exposition.exposed = { ...this.#exposition.exposed, authorization };
    if (pushes) await this.#startPush();
    await this.#fleet.become(config.targets);
  }

  /** To another address: the new one is open before the old one is closed, unless they share the port. */
  async #move(config: ServeConfig): Promise<void> {
    const before = this.#server;
    if (config.listen.port === this.#config.listen.port && config.listen.port !== 0) {
      await before.close();
      try {
        this.#server = await HttpServer.open(config.listen, config.tls, this.#exposition.handle);
      } catch (error) {
        this.#server = await HttpServer.open(this.#config.listen, this.#config.tls, this.#exposition.handle);
        throw error;
      }
      return;
    }
    this.#server = await HttpServer.open(config.listen, config.tls, this.#exposition.handle);
    await before.close();
  }

  async #startPush(): Promise<void> {
    await this.#push?.close();
    this.#push = null;
    const { otlp } = this.#config;
    if (otlp === null) return;
    // The SDK is loaded only where it is asked for.
    const { startOtlpPush } = await import('./otlp-push.js');
    const { toolVersion } = this.#surroundings;
    this.#push = startOtlpPush(otlp, { toolVersion, families: () => this.#families(), log: this.#log });
  }

  #expose(): void {
    this.#exposition.exposed = {
      ...this.#exposition.exposed,
      families: () => this.#families(),
      health: () => healthOf(this.#fleet.status),
    };
  }

  #families(): readonly Family[] {
    const { user, system } = process.cpuUsage();
    const { toolVersion, host } = this.#surroundings;
    const own = agentMetrics({
      version: toolVersion,
      bpftrace: host.bpftrace,
      cpuNs: (user + system) * 1000,
      residentBytes: process.memoryUsage.rss(),
      reloads: this.#reloads.done,
      failedReloads: this.#reloads.refused,
    });
    return mergeFamilies([...this.#fleet.families(), ...own]);
  }
}
