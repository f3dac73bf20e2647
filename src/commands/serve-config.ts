import { readFileSync } from 'node:fs';
import { usage } from '../errors.js';
import type { Selector } from '../host/process-finder.js';
import { OPTIONAL_SETS } from '../record/record.js';
import {
  checked,
  DEFAULT_INTERVAL_MS,
  DEFAULT_LISTEN,
  DEFAULT_PROCESSES,
  defaultName,
  otlpTo,
  parseConfig,
  parseListen,
  type ServeConfig,
  type TargetConfig,
} from '../serve/config.js';
import { safeText } from '../text/safe.js';
import type { LiveOptions } from './live-options.js';
import { parseBudget, parseCapacity, parseInterval, parsePid } from './options.js';

/** The options of `serve`, as given. */
export interface ServeOptions extends LiveOptions {
  readonly cgroup?: readonly string[];
  readonly unit?: readonly string[];
  readonly listen?: string;
  readonly otlp?: string;
  readonly config?: string;
}

/** What a configuration file may say instead. */
const IN_THE_FILE = [
  'pid',
  'name',
  'cgroup',
  'unit',
  'otlp',
  'interval',
  'capacity',
  'budget',
  'exact',
  ...OPTIONAL_SETS,
] as const;
/** What has nothing to do with serving. */
const ELSEWHERE = ['in', 'export', 'format', 'table', 'headless', 'force'] as const;

/** What is asked for, from the file where there is one. Throws FaultscopeError (exit 2). */
export function serveConfig(options: ServeOptions, command: readonly string[]): ServeConfig {
  const foreign = ELSEWHERE.find((name) => options[name] !== undefined);
  if (foreign !== undefined) throw usage(`serve has no --${foreign}`, 'see faultscope serve --help');
  if (command.length > 0) throw usage('serve starts no command', 'give --pid, --name, --cgroup or --unit');
  return options.config === undefined ? fromOptions(options) : fromFile(options.config, options);
}

function fromFile(path: string, options: ServeOptions): ServeConfig {
  const double = IN_THE_FILE.find((name) => options[name] !== undefined);
  if (double !== undefined) {
    throw usage(`--${double} together with --config`, `write it into ${safeText(path)}`);
  }
  const config = parseConfig(readConfig(path), path);
  return options.listen === undefined
    ? config
    : checked({ ...config, listen: parseListen(options.listen, '--listen') });
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usage(`${safeText(path)} cannot be read`, safeText(error instanceof Error ? error.message : String(error)));
  }
}

function fromOptions(options: ServeOptions): ServeConfig {
  const { pid: pids = [], name: names = [], cgroup: cgroups = [], unit: units = [] } = options;
  const selectors: Selector[] = [
    ...pids.map((pid) => ({ by: 'pid' as const, pid: parsePid('--pid', pid) })),
    ...names.map((name) => ({ by: 'name' as const, name })),
    ...cgroups.map((path) => ({ by: 'cgroup' as const, path })),
    ...units.map((unit) => ({ by: 'unit' as const, unit })),
  ];
  return checked({
    listen: options.listen === undefined ? DEFAULT_LISTEN : parseListen(options.listen, '--listen'),
    tls: null,
    auth: null,
    targets: selectors.map((selector) => targetOf(selector, options)),
    otlp: options.otlp === undefined ? null : otlpTo(options.otlp),
  });
}

function targetOf(selector: Selector, options: ServeOptions): TargetConfig {
  return {
    name: defaultName(selector),
    selector,
    intervalMs: options.interval === undefined ? DEFAULT_INTERVAL_MS : parseInterval(options.interval),
    processes: DEFAULT_PROCESSES,
    sets: OPTIONAL_SETS.filter((set) => options[set] === true),
    exact: options.exact === true,
    capacity: options.capacity === undefined ? null : parseCapacity(options.capacity),
    budget: parseBudget(options.budget),
  };
}
