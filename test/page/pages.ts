import { causesSession, endingAs, pageOf } from '../support/sessions.js';
import { fullDiagnosis } from '../unit/export/diagnoses.js';
import { fullSnapshot, threadView } from '../unit/export/snapshots.js';

/** Everything that a page can have: the lanes and the history of a real session, the rest made up. */
export function everythingPage(): string {
  const played = causesSession();
  const { snapshot } = played.end();
  const { threads, history, window, longestFaults } = snapshot;
  return pageOf(endingAs({ ...fullSnapshot(), threads, history, window, longestFaults }, fullDiagnosis(), played));
}

const HOSTILE = `"'><img src=x onerror="globalThis.hit=1"><svg onload="globalThis.hit=1"></title></style></script><script>globalThis.hit=1</script>\u202e${'W'.repeat(400)}`;

/** Whatever a stranger can name is named to do harm. */
export function hostilePage(): string {
  const snapshot = fullSnapshot();
  const { files, stacks, goroutines, wakers, pageCache, quality } = snapshot;
  const actor = { pid: 9, comm: HOSTILE, command: HOSTILE, cgroup: HOSTILE, isTarget: false, kernelThread: false };
  const diagnosis = fullDiagnosis();
  return pageOf(
    endingAs(
      {
        ...snapshot,
        target: { ...snapshot.target, comm: HOSTILE, exe: HOSTILE },
        threads: [threadView({ name: HOSTILE })],
        files: files && { ...files, files: files.files.map((file) => ({ ...file, path: HOSTILE })) },
        stacks: stacks && {
          ...stacks,
          frames: stacks.frames.map((frame) => ({ ...frame, label: HOSTILE, module: HOSTILE })),
        },
        goroutines: goroutines && {
          ...goroutines,
          functions: goroutines.functions.map((one) => ({ ...one, start: HOSTILE })),
        },
        wakers: wakers && {
          ...wakers,
          wakes: wakers.wakes.map((one) => ({ ...one, threadName: HOSTILE, wakerName: HOSTILE })),
        },
        pageCache: pageCache && { ...pageCache, evictors: pageCache.evictors.map((one) => ({ ...one, actor })) },
        quality: { ...quality, notes: [{ atNs: 1, text: HOSTILE }] },
      },
      { ...diagnosis, findings: diagnosis.findings.map((one) => ({ ...one, title: HOSTILE, evidence: [HOSTILE] })) },
    ),
  );
}
