import type { FindingId } from '../diagnosis/finding.js';
import type { Verdict } from '../diff/comparison.js';
import type { Unit } from '../diff/measure.js';
import type { RuntimeFacts } from '../record/record.js';

/**
 * Two sessions held against each other as JSON, `faultscope.diff/1`; docs/diff.schema.json says the same to machines. null is
 * "not known", never 0. Within version 1 keys may be added; none goes away or changes its meaning.
 */
export interface DiffDocument {
  /** Name and version of this format. */
  readonly schema: 'faultscope.diff/1';
  /** The program that compared. */
  readonly tool: DiffTool;
  /** The first session. */
  readonly before: DiffSession;
  /** The second session. */
  readonly after: DiffSession;
  /** What matters most. Null where nothing was measured in both. */
  readonly headline: DiffHeadline | null;
  /** Share of the intervals that hold the true change: 0.95. */
  readonly confidence: number;
  /** All figures that at least one of the two has measured, what matters most first. */
  readonly metrics: readonly DiffMetric[];
  /** Findings by what they are about. */
  readonly findings: DiffFindings;
  /** Where fault time moved; of each kind those that moved most, at most five. */
  readonly movements: DiffMovements;
  /** What was asked by --fail-if. */
  readonly conditions: readonly DiffCondition[];
  /** In which ways the two are not like with like, and what was not seen; one sentence each. */
  readonly notes: readonly string[];
}

export interface DiffTool {
  /** Version of faultscope. */
  readonly version: string;
}

export interface DiffSession {
  /** The recording, as it was named. */
  readonly recording: string;
  /** How far it can be trusted, one sentence each: cut off, damaged. */
  readonly warnings: readonly string[];
  /** Wall clock when tracing began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** How long it was watched, in ns. */
  readonly durationNs: number;
  /** The process that was traced. */
  readonly target: DiffTarget;
  /** The machine that was traced. */
  readonly host: DiffHost;
  /** Probe sets that have run. */
  readonly sets: readonly string[];
}

export interface DiffTarget {
  /** Process number. */
  readonly pid: number;
  /** Its name: an outside string. */
  readonly comm: string;
  /** The file it runs: an outside string. Null where it could not be read. */
  readonly exe: string | null;
  /** What runs its code. Null where it was not looked at. */
  readonly runtime: RuntimeFacts['kind'] | null;
  /** The runtime's version: an outside string. Null where it is not known. */
  readonly version: string | null;
  /** How many threads can run its code at once. Null where that is not known. */
  readonly capacity: number | null;
}

export interface DiffHost {
  /** Release of the kernel. */
  readonly kernel: string;
  /** Machine, as uname -m has it. */
  readonly arch: string;
  /** Number of CPUs. */
  readonly cpus: number;
}

export interface DiffHeadline {
  /** The metric's id. */
  readonly metric: string;
  /** Its verdict. */
  readonly verdict: Verdict;
  /** All of it in one sentence. */
  readonly sentence: string;
}

export interface DiffMetric {
  /** As in --fail-if. */
  readonly id: string;
  /** In plain words. */
  readonly name: string;
  /** What the figures are: share 0 to 1 of the time, events by time or request, threads or CPUs on average, duration in ns. */
  readonly unit: Unit;
  /** Which way is better. Null where neither is. */
  readonly better: 'lower' | 'higher' | null;
  /** The figure of the first session. Null where it was not measured. */
  readonly before: number | null;
  /** The figure of the second session. Null where it was not measured. */
  readonly after: number | null;
  /** after - before. Null unless both are known. */
  readonly change: number | null;
  /** change / before. Null where there is none. */
  readonly changeFraction: number | null;
  /** Where the change lies, were each session typical of its kind. Null where it cannot be told. */
  readonly interval: DiffInterval | null;
  /** What it comes to. noise: no more than chance does, or too little to matter. */
  readonly verdict: Verdict;
  /** What the verdict rests on where the interval does not say it. Null where it does. */
  readonly why: string | null;
}

export interface DiffInterval {
  /** Its lower end, in the metric's unit. */
  readonly low: number;
  /** Its upper end, in the metric's unit. */
  readonly high: number;
}

export interface DiffFindings {
  /** Told of the first session and not of the second. */
  readonly lost: readonly DiffFinding[];
  /** Told of the second session and not of the first. */
  readonly gained: readonly DiffFinding[];
  /** Told of both. */
  readonly kept: readonly DiffKeptFinding[];
  /** Told of one, where the other could not have said it. */
  readonly untold: readonly DiffUntoldFinding[];
}

export interface DiffFinding {
  /** What it is about. */
  readonly id: FindingId;
  /** How much it matters. */
  readonly severity: 'stall' | 'problem' | 'note';
  /** One sentence; it may quote outside strings. */
  readonly title: string;
  /** How sure it is. */
  readonly confidence: 'high' | 'medium' | 'low';
}

export interface DiffKeptFinding {
  /** As it was told of the first session. */
  readonly before: DiffFinding;
  /** As it was told of the second session. */
  readonly after: DiffFinding;
}

export interface DiffUntoldFinding {
  /** Which session it was told of. */
  readonly side: 'before' | 'after';
  /** What was told. */
  readonly finding: DiffFinding;
  /** What the other session lacks. */
  readonly why: string;
}

export interface DiffMovements {
  /** By file that the faults read. */
  readonly files: readonly DiffMovement[];
  /** By the threads' names, numbers in them written as N. */
  readonly threads: readonly DiffMovement[];
  /** By the goroutines' start function. Empty for what is no Go program. */
  readonly functions: readonly DiffMovement[];
}

export interface DiffMovement {
  /** An outside string. */
  readonly name: string;
  /** Threads in its major faults on average, in the first session. Null where its list does not reach so far. */
  readonly before: number | null;
  /** The same in the second session. */
  readonly after: number | null;
}

export interface DiffCondition {
  /** As it was given. */
  readonly condition: string;
  /** The metric's id. */
  readonly metric: string;
  /** holds and unknown both make the exit code 5. */
  readonly state: 'holds' | 'clear' | 'unknown';
  /** The second session's figure, in the metric's unit. Null where it was not measured. */
  readonly value: number | null;
  /** What it was held against. Null where it is not known. */
  readonly limit: number | null;
}
