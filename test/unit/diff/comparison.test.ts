import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../src/diff/comparison.js';
import { diffOf } from '../../../src/diff/diff.js';
import { headlineSentence, tallySentence } from '../../../src/diff/words.js';
import { seededRandom } from '../diagnosis/random.js';
import { runtime, stuckEventLoop } from '../diagnosis/sessions.js';
import { type Scene, side } from './simulated.js';

const random = seededRandom(11);
const steady = (scene: Partial<Scene> = {}) => side(random, { spread: 0.02, correlation: 0, ...scene });

function compared(before: Partial<Scene>, after: Partial<Scene>, id: string): Comparison {
  const found = diffOf(steady(before), steady(after)).comparisons.find(({ measure }) => measure.id === id);
  if (found === undefined) throw new Error(`${id} was not compared`);
  return found;
}

describe('a figure', () => {
  test('is better where it fell by more than its noise, and says from what to what', () => {
    const { before, after, change, interval, verdict } = compared(
      { fullStall: 0.55 },
      { fullStall: 0.003 },
      'fullStall',
    );
    expect(verdict).toBe('better');
    expect(before).toBeCloseTo(0.55, 1);
    expect(after).toBeCloseTo(0.003, 3);
    expect(change).toBe((after ?? 0) - (before ?? 0));
    expect(interval?.low).toBeLessThan(change ?? 0);
    expect(interval?.high).toBeGreaterThan(change ?? 0);
    expect(interval?.high).toBeLessThan(-0.5);
  });

  test('that swings widely and then is nought is better', () => {
    const wild = { seconds: 16, fullStall: 0.15, spread: 0.4, correlation: 0.6 };
    expect(compared(wild, { seconds: 16, fullStall: 0 }, 'fullStall').verdict).toBe('better');
  });

  test('is worse where it rose', () => {
    expect(compared({ medianNs: 100_000 }, { medianNs: 400_000 }, 'faultP99').verdict).toBe('worse');
  });

  test('is a rate: a session three times as long with three times the faults is the same', () => {
    const { before, after, verdict } = compared({ seconds: 20 }, { seconds: 60 }, 'majorFaults');
    expect(verdict).toBe('noise');
    expect((after ?? 0) / (before ?? 1)).toBeCloseTo(1, 1);
  });

  test('that changed by less than what two runs differ by anyway is noise, however sure', () => {
    const { interval, verdict, why } = compared(
      { faultsHz: 2000, spread: 0.001 },
      { faultsHz: 2100, spread: 0.001 },
      'majorFaults',
    );
    expect(interval?.low).toBeGreaterThan(0);
    expect([verdict, why]).toEqual(['noise', 'too small to matter']);
  });

  test('of a session under ten seconds is too short to tell, and keeps its values', () => {
    const { before, after, interval, verdict } = compared({}, { seconds: 9, faultsHz: 0 }, 'majorFaults');
    expect([verdict, interval]).toEqual(['too-short', null]);
    expect([(before ?? 0) > 0, after]).toEqual([true, 0]);
  });

  test('that one did not measure is not comparable, and says what it takes', () => {
    const unbounded = { runtime: runtime('native', null), stalls: null };
    const { verdict, after, why } = compared({}, { facts: unbounded }, 'fullStall');
    expect([verdict, after]).toEqual(['not-comparable', null]);
    expect(why).toBe('not measured after: takes a known capacity (--capacity N)');
  });

  test('of latency is not made up where no fault was', () => {
    expect(compared({}, { faultsHz: 0 }, 'faultP50')).toMatchObject({ after: null, verdict: 'not-comparable' });
  });

  test('of the 99th percentile takes five faults beyond it', () => {
    expect(compared({}, { faultsHz: 5 }, 'faultP99')).toMatchObject({ verdict: 'too-short', why: 'takes 500 faults' });
  });

  test('that neither measured is left out', () => {
    const ids = diffOf(steady(), steady()).comparisons.map(({ measure }) => measure.id);
    expect(ids).toContain('majorFaults');
    expect(ids).not.toContain('requests');
    expect(ids).not.toContain('refaults');
  });
});

describe('the headline', () => {
  test('is of full stalls where there are any, in one sentence with its interval', () => {
    const { headline } = diffOf(steady({ fullStall: 0.55 }), steady({ fullStall: 0.003 }));
    expect(headline && headlineSentence(headline)).toMatch(
      /^Full stalls fell from 5\d\.\d% to 0\.3% of the time \(-5\d\.\d points, 95%: -5\d\.\d to -5\d\.\d\): better\.$/,
    );
  });

  test('says so where it is noise', () => {
    const { headline } = diffOf(side(seededRandom(5)), side(seededRandom(6)));
    expect(headline && headlineSentence(headline)).toMatch(
      /^Full stalls: [\d.]+% of the time before, [\d.]+% after \(.*\): no more than noise\.$/,
    );
  });

  test('is of threads in faults where there is no capacity', () => {
    const facts = { runtime: runtime('native', null), stalls: null };
    expect(diffOf(steady({ facts }), steady({ facts })).headline?.measure.id).toBe('faultWait');
  });

  test('comes with how many figures were judged, and what chance makes of so many', () => {
    const { comparisons } = diffOf(steady(), steady());
    expect(tallySentence(comparisons)).toMatch(/^\d+ figures judged: .* one in twenty is called changed by chance\.$/);
  });
});

describe('findings', () => {
  const cured = { fullStall: 0, faultsHz: 0 };

  test('that are no more there are gone, and those that came are new', () => {
    const { findings } = diffOf(steady(), steady(cured));
    expect(findings.lost.map(({ id }) => id)).toContain('full-stalls');
    expect(findings.gained).toEqual([]);
    const back = diffOf(steady(cured), steady());
    expect(back.findings.gained.map(({ id }) => id)).toContain('full-stalls');
  });

  test('of both are told with both titles', () => {
    const { findings } = diffOf(steady({ fullStall: 0.6 }), steady({ fullStall: 0.3 }));
    const stall = findings.kept.find(({ before }) => before.id === 'full-stalls');
    expect(stall?.before.title).not.toBe(stall?.after.title);
  });

  test('are not gone where the other session could not have told them', () => {
    const { findings } = diffOf(steady(), steady({ seconds: 1 }));
    expect(findings.lost).toEqual([]);
    expect(findings.untold.map(({ side: which }) => which)).toContain('before');
  });

  test('that take a probe set are not gone where it did not run', () => {
    const finding = {
      id: 'slow-disk' as const,
      severity: 'problem' as const,
      title: 'The disk is slow.',
      evidence: [],
      confidence: 'high' as const,
      remedies: [],
    };
    const before = { ...steady(), diagnosis: { findings: [finding], allClear: null, whatIf: null } };
    const { lost, untold } = diffOf(before, steady(cured)).findings;
    expect(lost).toEqual([]);
    expect(untold).toEqual([{ side: 'before', finding, why: 'takes --storage' }]);
  });
});

describe('not like with like', () => {
  test.each([
    [
      { target: { ...steady().snapshot.target, exe: '/bin/other' } },
      /^the programs differ: coldmmap before, \/bin\/other/,
    ],
    [{ runtime: runtime('node', 2) }, /^the runtimes differ: go before, node after$/],
    [
      { host: { ...steady().snapshot.host, cpus: 64 } },
      /^the hosts differ: x86_64, 2 CPUs before, x86_64, 64 CPUs after$/,
    ],
    [{ stalls: stuckEventLoop().stalls }, /^the capacities differ: 2 before, 1 after$/],
    [{ tool: { version: '9' } }, /^other versions of faultscope/],
    [
      { probes: [{ set: 'requests' as const, state: 'running' as const, variant: null, detail: null }] },
      /^other optional probe sets ran: none before, requests after$/,
    ],
  ])('is said (%#)', (facts, note) => {
    expect(diffOf(steady(), steady({ facts })).notes).toContainEqual(expect.stringMatching(note));
  });

  test('is said where the order looks wrong, and where records were lost', () => {
    const { window, quality } = steady().snapshot;
    const facts = {
      window: { ...window, durationNs: 60e9, startedAtMs: 5 },
      quality: { ...quality, droppedRecords: 7 },
    };
    const { notes } = diffOf(steady(), steady({ facts }));
    expect(notes).toContain('the second recording began before the first: are they in the right order?');
    expect(notes).toContain('after has lost 7 records of waits, threads or whole dumps: its sums are lower bounds');
  });
});
