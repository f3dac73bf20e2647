import { hostname } from 'node:os';
import type { HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { ExitCode, FaultscopeError } from '../errors.js';
import type { Family } from '../metrics/family.js';
import { safeText } from '../text/safe.js';
import type { OtlpConfig } from './config.js';
import { otlpData } from './otlp-data.js';
import { readAuthority } from './pem-files.js';
import { readSecret } from './secret-file.js';

/** A push that takes longer is given up: the next one has all that it had. */
const MOST_TIMEOUT_MS = 10_000;

export interface OtlpPush {
  /** A last push, for at most a few seconds; then it is over. */
  close(): Promise<void>;
}

export interface OtlpPushOptions {
  readonly toolVersion: string;
  readonly families: () => readonly Family[];
  /** Once when pushing begins to fail, and once when it works again. */
  readonly log: (line: string) => void;
}

/** Pushes all metrics to a collector, over and over. Throws FaultscopeError (exit 2) where a file cannot be read. */
export function startOtlpPush(config: OtlpConfig, { toolVersion, families, log }: OtlpPushOptions): OtlpPush {
  let startMs = Date.now();
  const timeoutMs = Math.min(config.intervalMs, MOST_TIMEOUT_MS);
  const headers = config.headersFile === null ? {} : parseHeaders(readSecret(config.headersFile), config.headersFile);
  const httpAgentOptions = config.ca === null ? {} : { ca: readAuthority(config.ca) };
  const exporter = new OTLPMetricExporter({
    url: config.endpoint,
    headers,
    timeoutMillis: timeoutMs,
    httpAgentOptions,
  });
  const scope = { name: 'faultscope', version: toolVersion };
  const resource = resourceFromAttributes({
    'service.name': 'faultscope',
    'service.version': toolVersion,
    'host.name': hostname(),
  });
  const producer: MetricProducer = {
    collect: async () => {
      const nowMs = Date.now();
      // A clock that is set back: nothing is counted before it begins.
      startMs = Math.min(startMs, nowMs);
      const metrics = otlpData(families(), { startTime: hrTime(startMs), endTime: hrTime(nowMs) });
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  };
  const reader = new PeriodicExportingMetricReader({
    exporter: telling(exporter, config.endpoint, log),
    exportIntervalMillis: config.intervalMs,
    exportTimeoutMillis: timeoutMs,
    metricProducers: [producer],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return { close: () => provider.shutdown({ timeoutMillis: timeoutMs }).catch(() => {}) };
}

/** The SDK tells of failures to a logger of its own; here they are told once each way. */
function telling(exporter: PushMetricExporter, endpoint: string, log: (line: string) => void): PushMetricExporter {
  let failing = false;
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        const failed = result.error !== undefined;
        if (failed && !failing) log(`cannot push to ${endpoint}: ${result.error?.message ?? ''}`);
        if (!failed && failing) log(`pushes to ${endpoint} again`);
        failing = failed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

/** `name: value` lines (RFC 9110, 5). Throws FaultscopeError (exit 2). */
function parseHeaders(text: string, path: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line, index) => {
      const match = /^([\w!#$%&'*+.^`|~-]+): *([\x20-\x7e]*)$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) return [match[1], match[2]];
      throw new FaultscopeError({
        exitCode: ExitCode.usage,
        message: `${safeText(path)}: line ${index + 1} is no header`,
        hint: 'write "name: value"',
      });
    }),
  );
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), (ms % 1000) * 1e6];
}
