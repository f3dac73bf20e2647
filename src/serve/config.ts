import { isIP } from 'node:net';
import { type FaultscopeError, usage } from '../errors.js';
import type { Selector } from '../host/process-finder.js';
import { BUDGET_HINT, budgetFrom, DEFAULT_BUDGET } from '../model/budget.js';
import type { Budget } from '../record/cost.js';
import { OPTIONAL_SETS, type OptionalSetName } from '../record/record.js';
import { safeText } from '../text/safe.js';
import { timeMs } from '../text/time.js';

/** What `serve` is to do: of the command line or of its configuration file. */
export interface ServeConfig {
  readonly listen: ListenAddress;
  readonly tls: TlsFiles | null;
  readonly auth: AuthConfig | null;
  readonly targets: readonly TargetConfig[];
  readonly otlp: OtlpConfig | null;
}

export interface ListenAddress {
  /** An IP address or a host name. */
  readonly host: string;
  readonly port: number;
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Secrets are in files, never on a command line. */
export type AuthConfig =
  | { readonly kind: 'token'; readonly file: string }
  | { readonly kind: 'basic'; readonly user: string; readonly file: string };

export interface TargetConfig {
  /** The label `target`; unique. */
  readonly name: string;
  readonly selector: Selector;
  readonly intervalMs: number;
  /** The most processes observed at once. */
  readonly processes: number;
  readonly sets: readonly OptionalSetName[];
  readonly exact: boolean;
  readonly capacity: number | null;
  readonly budget: Budget | null;
}

export interface OtlpConfig {
  /** As OTEL_EXPORTER_OTLP_METRICS_ENDPOINT has it: `/v1/metrics` included. */
  readonly endpoint: string;
  readonly intervalMs: number;
  /** A file of `name: value` lines, e.g. an authorization. */
  readonly headersFile: string | null;
  /** PEM file of the authority that has signed the collector's certificate; null: one that Node.js knows. */
  readonly ca: string | null;
}

export const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 9435 };
export const DEFAULT_INTERVAL_MS = 5_000;
export const DEFAULT_PROCESSES = 4;
const DEFAULT_OTLP_INTERVAL_MS = 30_000;
const MOST_PROCESSES = 64;
const MOST_TARGETS = 200;

/** Throws FaultscopeError (exit 2) that names the place where a configuration file says what it cannot. */
export function parseConfig(text: string, path: string): ServeConfig {
  const config = new Reader(parseJson(text, path), path).object('listen tls auth interval targets otlp'.split(' '));
  const intervalMs = config.has('interval') ? config.interval() : DEFAULT_INTERVAL_MS;
  const target = (reader: Reader) => targetOf(reader, intervalMs);
  return checked({
    listen: config.has('listen') ? parseListen(config.text('listen'), `${path}: listen`) : DEFAULT_LISTEN,
    tls: config.has('tls') ? tlsOf(config.inner('tls')) : null,
    auth: config.has('auth') ? authOf(config.inner('auth')) : null,
    targets: config.has('targets') ? config.list('targets', MOST_TARGETS, target) : [],
    otlp: config.has('otlp') ? otlpOf(config.inner('otlp')) : null,
  });
}

/** What holds for any configuration. Throws FaultscopeError (exit 2). */
export function checked(config: ServeConfig): ServeConfig {
  if (config.targets.length === 0) throw usage('no target', 'give --pid, --name, --cgroup or --unit, or a --config');
  const names = config.targets.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usage(`two targets are called ${safeText(twice)}`, 'give each a name of its own');
  if (isLoopback(config.listen.host)) return config;
  if (config.tls === null || config.auth === null) {
    throw usage(
      `${safeText(config.listen.host)} can be reached by others, and ${config.tls === null ? 'TLS' : 'auth'} is not set up`,
      'listen on 127.0.0.1, or give the configuration "tls" and "auth" (docs/serve.md)',
    );
  }
  return config;
}

/** 127.0.0.0/8, ::1 and localhost: nobody else can send there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** "127.0.0.1:9435", "[::1]:9435", ":9435" (all addresses). Throws FaultscopeError (exit 2). */
export function parseListen(text: string, where: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw usage(`${where}: ${safeText(text)} is not an address`, 'give it as 127.0.0.1:9435');
  }
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}

function targetOf(reader: Reader, intervalMs: number): TargetConfig {
  const target = reader.object('label pid name cgroup unit interval processes sets exact capacity budget'.split(' '));
  const [by, ...more] = ['pid', 'name', 'cgroup', 'unit'].filter((key) => target.has(key));
  if (by === undefined || more.length > 0) throw target.wrong('needs one of pid, name, cgroup and unit');
  const selector = selectorOf(by, target);
  const sets = target.has('sets') ? target.list('sets', OPTIONAL_SETS.length, setOf) : [];
  return {
    name: target.has('label') ? target.text('label') : defaultName(selector),
    selector,
    intervalMs: target.has('interval') ? target.interval() : intervalMs,
    processes: target.has('processes') ? target.integer('processes', 1, MOST_PROCESSES) : DEFAULT_PROCESSES,
    sets: OPTIONAL_SETS.filter((set) => sets.includes(set)),
    exact: target.has('exact') && target.boolean('exact'),
    capacity: target.has('capacity') ? target.integer('capacity', 1, 4096) : null,
    budget: budgetOf(target),
  };
}

function budgetOf(target: Reader): Budget | null {
  const budget = target.has('budget') ? budgetFrom(target.text('budget')) : DEFAULT_BUDGET;
  if (budget === undefined) throw target.inner('budget').wrong(`is not a budget: ${BUDGET_HINT}`);
  return budget;
}

function selectorOf(by: string, target: Reader): Selector {
  switch (by) {
    case 'pid':
      return { by, pid: target.integer('pid', 1, 4_194_304) };
    case 'name':
      return { by, name: target.text('name') };
    case 'cgroup':
      return { by, path: target.text('cgroup') };
    default:
      return { by: 'unit', unit: target.text('unit') };
  }
}

/** What a target is called that was given no label. */
export function defaultName(selector: Selector): string {
  switch (selector.by) {
    case 'pid':
      return `pid ${selector.pid}`;
    case 'name':
      return selector.name;
    case 'cgroup':
      return selector.path;
    case 'unit':
      return selector.unit;
  }
}

function setOf(reader: Reader): OptionalSetName {
  const name = OPTIONAL_SETS.find((set) => set === reader.value);
  if (name === undefined) throw reader.wrong(`is not one of ${OPTIONAL_SETS.join(', ')}`);
  return name;
}

function tlsOf(reader: Reader): TlsFiles {
  const tls = reader.object(['cert', 'key']);
  return { cert: tls.text('cert'), key: tls.text('key') };
}

function authOf(reader: Reader): AuthConfig {
  const auth = reader.object(['tokenFile', 'user', 'passwordFile']);
  if (auth.has('tokenFile') === auth.has('passwordFile')) throw auth.wrong('needs tokenFile, or user and passwordFile');
  if (auth.has('tokenFile')) return { kind: 'token', file: auth.text('tokenFile') };
  return { kind: 'basic', user: auth.text('user'), file: auth.text('passwordFile') };
}

function otlpOf(reader: Reader): OtlpConfig {
  const otlp = reader.object(['endpoint', 'interval', 'headersFile', 'ca']);
  return {
    endpoint: parseEndpoint(otlp.text('endpoint')),
    intervalMs: otlp.has('interval') ? otlp.time('interval', 1000, 3_600_000) : DEFAULT_OTLP_INTERVAL_MS,
    headersFile: otlp.has('headersFile') ? otlp.text('headersFile') : null,
    ca: otlp.has('ca') ? otlp.text('ca') : null,
  };
}

/** Pushing to one place, as often as is usual. Throws FaultscopeError (exit 2). */
export function otlpTo(endpoint: string): OtlpConfig {
  return { endpoint: parseEndpoint(endpoint), intervalMs: DEFAULT_OTLP_INTERVAL_MS, headersFile: null, ca: null };
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return text;
  throw usage(`${safeText(text)} is no place to push to`, 'give it as http://127.0.0.1:4318/v1/metrics');
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${safeText(path)} is not JSON`, safeText(error instanceof Error ? error.message : String(error)));
  }
}

/** One value of the file, and where it stands: what is wrong with it is told by its place. */
class Reader {
  readonly value: unknown;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    this.value = value;
    this.#where = where;
  }

  /** Itself, where it is an object with no other keys than these. */
  object(keys: readonly string[]): this {
    const unknown = Object.keys(this.#fields()).find((key) => !keys.includes(key));
    if (unknown === undefined) return this;
    throw this.wrong(`has a key ${JSON.stringify(unknown)}, which is not one of ${keys.join(', ')}`);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields(), key);
  }

  inner(key: string): Reader {
    return new Reader(this.#fields()[key], `${this.#where}: ${key}`);
  }

  list<T>(key: string, most: number, of: (item: Reader) => T): T[] {
    const { value } = this.inner(key);
    if (!Array.isArray(value)) throw this.inner(key).wrong('is not a list');
    if (value.length > most) throw this.inner(key).wrong(`has more than ${most} entries`);
    return value.map((item, index) => of(new Reader(item, `${this.#where}: ${key} ${index + 1}`)));
  }

  text(key: string): string {
    const { value } = this.inner(key);
    if (typeof value === 'string' && value.trim() !== '' && value.length <= 4096) return value;
    throw this.inner(key).wrong('is not a text');
  }

  boolean(key: string): boolean {
    const { value } = this.inner(key);
    if (typeof value === 'boolean') return value;
    throw this.inner(key).wrong('is not true or false');
  }

  integer(key: string, least: number, most: number): number {
    const { value } = this.inner(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.inner(key).wrong(`is not a number from ${least} to ${most}`);
  }

  /** "500ms", "10s", "2m", "1h", in ms. */
  time(key: string, leastMs: number, mostMs: number): number {
    const ms = timeMs(this.text(key));
    if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
    throw this.inner(key).wrong(`is not a time from ${leastMs}ms to ${mostMs / 1000}s`);
  }

  /** How often figures are read: whole tenths of a second, the script's own step. */
  interval(): number {
    return Math.round(this.time('interval', 100, 300_000) / 100) * 100;
  }

  wrong(what: string): FaultscopeError {
    return usage(`${safeText(this.#where)} ${safeText(what)}`, 'see docs/serve.md');
  }

  #fields(): { readonly [key: string]: unknown } {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.wrong('is not an object');
    return value as { readonly [key: string]: unknown };
  }
}
