import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The bpftrace versions whose output is kept in test/fixtures/bpftrace-output. */
export const VERSIONS = ['0.17.0', '0.23.2', '0.27.0'] as const;
export type Version = (typeof VERSIONS)[number];

/** What the workload said of one of its threads. */
export interface ThreadTruth {
  readonly tid: number;
  readonly name: string;
  readonly majflt: number;
  readonly waits?: number;
  readonly waitNs?: number;
  readonly rounds?: number;
}

export interface Capture {
  readonly lines: readonly string[];
  /** Threads that said at their end what they had done. */
  readonly threads: readonly ThreadTruth[];
  /** ru_majflt of the whole process at its end. */
  readonly majflt: number | null;
  /** What a server did; zeros for any other workload. */
  readonly requests: RequestsTruth;
}

export interface RequestsTruth {
  readonly answered: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** One run, e.g. `threads.coldmmap`: what bpftrace printed, and what the workload counted itself. */
export function capture(name: string, version: Version): Capture {
  const results = text(`${name}.${version}.truth`)
    .trim()
    .split('\n')
    .map((line): Partial<ThreadTruth & RequestsTruth> & { event: string } => JSON.parse(line))
    .filter(({ event }) => event === 'result');
  const whole = results.find(({ tid }) => tid === undefined);
  return {
    lines: text(`${name}.${version}.txt`).split('\n'),
    threads: results.filter((result): result is typeof result & ThreadTruth => result.tid !== undefined),
    majflt: whole?.majflt ?? null,
    requests: { answered: whole?.answered ?? 0, totalNs: whole?.totalNs ?? 0, maxNs: whole?.maxNs ?? 0 },
  };
}

/** stderr of one run, e.g. `not-root`. */
export function stderrOf(name: string, version: Version): string[] {
  return text(`stderr.${name}.${version}.txt`).split('\n');
}

function text(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/bpftrace-output/${file}`, import.meta.url)), 'utf8');
}
