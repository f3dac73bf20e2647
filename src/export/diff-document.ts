import type { Finding } from '../diagnosis/finding.js';
import type { Comparison } from '../diff/comparison.js';
import type { ConditionResult } from '../diff/condition.js';
import type { Diff } from '../diff/diff.js';
import type { FindingChanges } from '../diff/findings.js';
import type { Movement, Movements } from '../diff/movements.js';
import { hasRun } from '../diff/sets.js';
import { fractionOf, headlineSentence } from '../diff/words.js';
import type { Snapshot } from '../model/snapshot.js';
import { PROBE_SETS } from '../record/record.js';
import type { DiffFile, DiffFiles } from './diff-files.js';
import type {
  DiffCondition,
  DiffDocument,
  DiffFinding,
  DiffFindings,
  DiffMetric,
  DiffMovement,
  DiffMovements,
  DiffSession,
} from './diff-format.js';

/** The comparison in the format of docs/diff.schema.json. */
export function diffDocument(
  diff: Diff,
  files: DiffFiles,
  conditions: readonly ConditionResult[],
  version: string,
): DiffDocument {
  const { headline } = diff;
  return {
    schema: 'faultscope.diff/1',
    tool: { version },
    before: sessionOf(files.before, diff.before),
    after: sessionOf(files.after, diff.after),
    headline:
      headline === null
        ? null
        : { metric: headline.measure.id, verdict: headline.verdict, sentence: headlineSentence(headline) },
    confidence: 0.95,
    metrics: diff.comparisons.map(metricOf),
    findings: findingsOf(diff.findings),
    movements: movementsOf(diff.movements),
    conditions: conditions.map(conditionOf),
    notes: [...diff.notes],
  };
}

function sessionOf(
  { path, warnings }: DiffFile,
  { target, host, runtime, stalls, window, probes }: Snapshot,
): DiffSession {
  return {
    recording: path,
    warnings: [...warnings],
    startedAt: new Date(window.startedAtMs).toISOString(),
    durationNs: window.durationNs,
    target: {
      pid: target.pid,
      comm: target.comm,
      exe: target.exe,
      runtime: runtime?.kind ?? null,
      version: runtime?.version ?? null,
      capacity: stalls?.capacity ?? null,
    },
    host: { kernel: host.kernel, arch: host.arch, cpus: host.cpus },
    sets: PROBE_SETS.filter((set) => hasRun({ probes }, set)),
  };
}

function metricOf(comparison: Comparison): DiffMetric {
  const { measure, before, after, change, interval, verdict, why } = comparison;
  return {
    id: measure.id,
    name: measure.name,
    unit: measure.unit,
    better: measure.better,
    before,
    after,
    change,
    changeFraction: fractionOf(comparison),
    interval: interval === null ? null : { low: interval.low, high: interval.high },
    verdict,
    why,
  };
}

function findingsOf({ lost, gained, kept, untold }: FindingChanges): DiffFindings {
  return {
    lost: lost.map(findingOf),
    gained: gained.map(findingOf),
    kept: kept.map(({ before, after }) => ({ before: findingOf(before), after: findingOf(after) })),
    untold: untold.map(({ side, finding, why }) => ({ side, finding: findingOf(finding), why })),
  };
}

function findingOf({ id, severity, title, confidence }: Finding): DiffFinding {
  return { id, severity, title, confidence };
}

function movementsOf({ files, threads, functions }: Movements): DiffMovements {
  return { files: files.map(movementOf), threads: threads.map(movementOf), functions: functions.map(movementOf) };
}

function movementOf({ name, before, after }: Movement): DiffMovement {
  return { name, before, after };
}

function conditionOf({ condition, state, value, limit }: ConditionResult): DiffCondition {
  return { condition: condition.text, metric: condition.measure.id, state, value, limit };
}
