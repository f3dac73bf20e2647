import type { Snapshot } from '../model/snapshot.js';
import { nothingToReport, tooLittleSeen } from './all-clear.js';
import type { Diagnosis, Finding, WhatIf } from './finding.js';
import { diskQueue } from './findings/disk-queue.js';
import { diskReads } from './findings/disk-reads.js';
import { faultsDoNotMatter } from './findings/faults-do-not-matter.js';
import { firstTouches } from './findings/first-touches.js';
import { fullStalls } from './findings/full-stalls.js';
import { hotCode } from './findings/hot-code.js';
import { hotMapping } from './findings/hot-mapping.js';
import { lock } from './findings/lock.js';
import { locksBehindFaults } from './findings/locks-behind-faults.js';
import { lostParallelism } from './findings/lost-parallelism.js';
import { refaultsByEvictor } from './findings/refaults-by-evictor.js';
import { runQueue } from './findings/run-queue.js';
import { slowDisk } from './findings/slow-disk.js';
import { steadyRefaults } from './findings/steady-refaults.js';
import { swapIn } from './findings/swap-in.js';
import { warmUp } from './findings/warm-up.js';
import { workingSet } from './findings/working-set.js';
import { trusted } from './trust.js';
import { predict } from './what-if.js';

/** What matters most first among those of the same severity. */
const FINDINGS: readonly ((snapshot: Snapshot, whatIf: WhatIf | null) => Finding | null)[] = [
  fullStalls,
  lostParallelism,
  swapIn,
  workingSet,
  refaultsByEvictor,
  slowDisk,
  diskQueue,
  steadyRefaults,
  locksBehindFaults,
  lock,
  runQueue,
  diskReads,
  hotMapping,
  firstTouches,
  hotCode,
  warmUp,
  faultsDoNotMatter,
];

const WEIGHT: { readonly [severity in Finding['severity']]: number } = { stall: 0, problem: 1, note: 2 };

/** What the figures of a session mean; docs/findings.md says when what is said. */
export function diagnose(snapshot: Snapshot): Diagnosis {
  const unknown = tooLittleSeen(snapshot);
  if (unknown !== null) return { findings: [], allClear: unknown, whatIf: null };
  const whatIf = predict(snapshot);
  const findings = FINDINGS.map((find) => find(snapshot, whatIf))
    .filter((finding) => finding !== null)
    .map((finding) => trusted(snapshot, finding))
    .sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
  return { findings, allClear: findings.length === 0 ? nothingToReport(snapshot) : null, whatIf };
}
