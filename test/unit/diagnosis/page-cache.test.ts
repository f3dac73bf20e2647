import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Finding, FindingId } from '../../../src/diagnosis/finding.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import {
  actor,
  cause,
  evictor,
  faulting,
  files,
  fileView,
  filler,
  fullCgroup,
  GREP,
  KSWAPD,
  MIB,
  pageCache,
  SELF,
} from './page-cache-sessions.js';
import { file, history, SECOND, session, withFaults } from './sessions.js';

function found(snapshot: Snapshot): FindingId[] {
  return diagnose(snapshot).findings.map(({ id }) => id);
}

function the(id: FindingId, snapshot: Snapshot): Finding {
  const finding = diagnose(snapshot).findings.find((one) => one.id === id);
  if (finding === undefined) throw new Error(`no finding ${id}, but ${found(snapshot).join(', ')}`);
  return finding;
}

/** 74 % of the faults are refaults of what grep evicted. */
const BY_GREP = [cause('refault', 2960), cause('first-touch', 1040)];
const REFAULTS_OF_X = cause('refault', 2960, {
  evictors: [{ actor: GREP, way: 'reclaim', majorFaults: 2960, meanAgeNs: 2 * SECOND }],
});
const X = fileView('/data/x.bin', 4000, { causes: [REFAULTS_OF_X] });

describe('refaults are laid to who evicted the pages', () => {
  it('names the process, its cgroup and the file, with what was counted and what helps', () => {
    const view = pageCache(BY_GREP, { evictors: [evictor(GREP, 2960)] });
    const finding = the('refaults-by-evictor', faulting(view, { files: files(X, fileView('/data/y', 10)) }));
    expect(finding).toMatchObject({ severity: 'problem', confidence: 'high' });
    expect(finding.title).toBe(
      '74% of its fault time comes from refaults of /data/x.bin evicted by grep (pid 4711, cgroup /batch).',
    );
    expect(finding.evidence[0]).toBe(
      '20.0k pages of its files evicted so (exact); 3.0k major faults brought some of them back, 2.0s after they went on average, 9.0s at most.',
    );
    expect(finding.remedies.join(' ')).toMatch(/memory\.max.*memory\.low.*POSIX_FADV_NOREUSE.*mlock/s);
  });

  it('a job that starts many processes is one evictor', () => {
    const evictors = [1, 2, 3].map((pid) => evictor(actor(pid, 'grep'), 1000));
    const { title } = the('refaults-by-evictor', faulting(pageCache([cause('refault', 3000)], { evictors })));
    expect(title).toContain('evicted by grep (3 processes, cgroup /batch)');
  });

  it('says that it is scaled where pages are sampled', () => {
    const view = pageCache(BY_GREP, {
      evictors: [evictor(GREP, 2960)],
      sampledFaults: 1000,
      sampling: { oneIn: 4, forgotten: 0 },
    });
    expect(the('refaults-by-evictor', faulting(view)).evidence[1]).toMatch(/one page in 4 .* 25% of the major faults/);
  });

  it.each([
    ['fadvise', 'dropped by grep (pid 4711, cgroup /batch) with posix_fadvise(POSIX_FADV_DONTNEED)'],
    ['drop-caches', 'dropped by grep (pid 4711, cgroup /batch) through vm.drop_caches'],
    ['truncate', 'truncated, punched or deleted by grep (pid 4711, cgroup /batch)'],
  ] as const)('tells %s from reclaim', (way, words) => {
    const view = pageCache(BY_GREP, { evictors: [evictor(GREP, 2960, { way })] });
    expect(the('refaults-by-evictor', faulting(view)).title).toContain(words);
  });

  it('DAMON made room for nobody: who set it up can be asked', () => {
    const damon = { ...actor(77, 'kdamond.0'), cgroup: null };
    const by = (kernelThread: boolean) =>
      the(
        'refaults-by-evictor',
        faulting(pageCache(BY_GREP, { evictors: [evictor({ ...damon, kernelThread }, 2960)] })),
      );
    expect(by(true).title).toContain('evicted by DAMON (kdamond.0 (pid 77)), which reclaims');
    expect(by(true).remedies.join(' ')).toMatch(/who has set up DAMON.*mlock/s);
    // Anybody may call himself so.
    expect(by(false).title).toContain('evicted by kdamond.0 (pid 77).');
  });

  it('kswapd is no culprit: who filled memory then is under suspicion, with shares', () => {
    const view = pageCache(BY_GREP, {
      evictors: [evictor(KSWAPD, 2960, { way: 'kswapd' })],
      kswapdRefaults: 2960,
      suspects: [
        { actor: GREP, share: 0.81, refaults: 2398 },
        { actor: SELF, share: 0.12, refaults: 355 },
      ],
    });
    const finding = the('refaults-by-evictor', faulting(view));
    expect(finding.title).toBe(
      '74% of its fault time comes from refaults of file pages evicted by kswapd, on behalf of whoever filled memory; ' +
        'suspected: grep (pid 4711, cgroup /batch) 81%, the program itself 12% of what filled memory then.',
    );
    expect(finding.confidence).toBe('medium');
    expect(finding.evidence.join(' ')).toContain('likely, not proven');
  });

  it('without known fillers nobody is suspected', () => {
    const view = pageCache(BY_GREP, { evictors: [evictor(KSWAPD, 2960, { way: 'kswapd' })], kswapdRefaults: 2960 });
    const { title, evidence } = the('refaults-by-evictor', faulting(view));
    expect(title).not.toContain('suspected');
    expect(evidence).toContain('Who filled memory while kswapd evicted is not known.');
  });

  it('takes the place of steady refaults, which without the set points to it', () => {
    const twice = { mappings: [file({ sizeBytes: MIB, majorFaults: 4000 })] };
    expect(found(faulting(pageCache(BY_GREP, { evictors: [evictor(GREP, 2960)] }), twice))).not.toContain(
      'steady-refaults',
    );
    const without = { ...faulting(pageCache(BY_GREP), twice), pageCache: null };
    expect(the('steady-refaults', without).remedies.at(-1)).toContain('--pagecache');
  });
});

describe('a program that evicts its own pages', () => {
  const own = pageCache([cause('refault', 4000)], {
    evictors: [evictor(SELF, 4000)],
    fillers: [filler(SELF, 900), filler(actor(7, 'sshd', { cgroup: '/server' }), 20), filler(GREP, 5000)],
    missingPages: 30_000,
  });

  it('has a working set that exceeds the limit of its cgroup, where that is known', () => {
    const finding = the('working-set', faulting(own, { memoryCgroup: fullCgroup() }));
    // 0.998 x 600 MiB and 30,000 pages of 4 KiB.
    expect(finding.title).toMatch(
      /^The working set \(estimated: 716MiB or more\) exceeds the 600MiB limit of .* \/server:/,
    );
    expect(finding.evidence.join(' ')).toMatch(/lower bound/);
    expect(finding.remedies[0]).toContain('by 117MiB at least');
    expect(found(faulting(own, { memoryCgroup: fullCgroup() }))).not.toContain('refaults-by-evictor');
  });

  it('is told without an estimate where its cgroup is not full', () => {
    const snapshot = faulting(own, { memoryCgroup: fullCgroup({ meanFullness: 0.8 }) });
    expect(found(snapshot)).not.toContain('working-set');
    expect(the('refaults-by-evictor', snapshot).title).toMatch(
      /^Its working set does not fit: it evicts its own pages for lack of room in the memory cgroup \/server, and 100%/,
    );
  });

  it('without a limit shares the memory of the host: it is told so where it fills that itself', () => {
    const alone = { ...own, fillers: [filler(SELF, 900), filler(GREP, 200)] };
    expect(the('refaults-by-evictor', faulting(alone)).title).toMatch(
      /^Its working set does not fit: it evicts its own pages, and 100%/,
    );
    expect(the('refaults-by-evictor', faulting(own)).title).toMatch(
      /evicted itself, to make room, while others filled memory: grep \(pid 4711, cgroup \/batch\) 84%\.$/,
    );
  });

  it('is not blamed for what others do in cgroups of their own below the same limit', () => {
    const beside = actor(8, 'backup', { cgroup: '/pod/backup' });
    const elsewhere = actor(9, 'other', { cgroup: '/pod-2' });
    const self = { ...SELF, cgroup: '/pod/server' };
    const view = {
      ...own,
      evictors: [evictor(self, 4000)],
      fillers: [filler(self, 100), filler(beside, 900), filler(elsewhere, 5000)],
    };
    const snapshot = faulting(view, { memoryCgroup: fullCgroup({ path: '/pod' }) });
    expect(found(snapshot)).not.toContain('working-set');
    expect(the('refaults-by-evictor', snapshot).title).toMatch(
      /while others filled memory: backup \(pid 8, cgroup \/pod\/backup\) 90%\.$/,
    );
  });

  it('is not said to be too large itself where others fill its cgroup', () => {
    const beside = actor(8, 'backup', { cgroup: '/server' });
    const view = { ...own, fillers: [filler(SELF, 100), filler(beside, 900)] };
    const snapshot = faulting(view, { memoryCgroup: fullCgroup() });
    expect(found(snapshot)).not.toContain('working-set');
    expect(the('refaults-by-evictor', snapshot).title).toBe(
      '100% of its fault time comes from refaults of file pages that it evicted itself, to make room, while others filled memory: backup (pid 8, cgroup /server) 90%.',
    );
  });
});

describe('first touches', () => {
  const residency = { atNs: 0, residentBytes: 30 * MIB, sizeBytes: 1024 * MIB };
  const cold = files(fileView('/data/x.bin', 4000, { residency }));
  const touching = pageCache([cause('first-touch', 4000)], { fillers: [filler(SELF, 30, 4)], fromTheBegin: true });

  it('pass by themselves: how far they are, and when they will be through', () => {
    const finding = the('first-touches', faulting(touching, { files: cold }));
    expect(finding).toMatchObject({ severity: 'note', confidence: 'high' });
    // 994 MiB at 4 MiB/s.
    expect(finding.title).toBe(
      'First touches after start: 3% of /data/x.bin is in memory so far, at this rate it is warm in 4m09s.',
    );
  });

  it('without a rate no time is promised', () => {
    const { title } = the('first-touches', faulting({ ...touching, fillers: [] }, { files: cold }));
    expect(title).toMatch(/in memory so far\.$/);
  });

  it('take the place of a warm-up that the falling rate shows, and of a rate that stays', () => {
    const falling = history([
      ...new Array<number>(5).fill(700),
      ...new Array<number>(5).fill(90),
      ...new Array<number>(10).fill(5),
    ]);
    expect(found(faulting(touching, { files: cold, history: falling }))).not.toContain('warm-up');
    const steady = history(new Array<number>(20).fill(200));
    expect(found(faulting(touching, { files: cold, history: steady }))).not.toContain('steady-refaults');
  });

  it.each([
    [
      'the pages may have been evicted before we looked',
      pageCache([cause('first-touch', 4000, { confidence: 'low' })]),
    ],
    ['pages come again meanwhile', pageCache([cause('first-touch', 3600), cause('refault', 400)])],
  ])('are not told where %s', (_why, view) => {
    expect(found(faulting(view, { files: cold }))).not.toContain('first-touches');
  });

  it('a falling rate is no warm-up where the faults are refaults', () => {
    const falling = history([
      ...new Array<number>(5).fill(700),
      ...new Array<number>(5).fill(90),
      ...new Array<number>(10).fill(5),
    ]);
    const view = pageCache([cause('refault', 2000), cause('first-touch', 2000)]);
    expect(found(faulting(view, { history: falling }))).not.toContain('warm-up');
    expect(found({ ...faulting(view, { history: falling }), pageCache: null })).toContain('warm-up');
  });
});

describe('nobody is blamed', () => {
  const ABOUT_PAGES: readonly FindingId[] = ['refaults-by-evictor', 'working-set', 'first-touches'];
  const blames = (snapshot: Snapshot) => found(snapshot).filter((id) => ABOUT_PAGES.includes(id));

  it('where faults do not matter, whoever evicted', () => {
    const view = pageCache([cause('refault', 4000)], { evictors: [evictor(GREP, 4000)] });
    const calm = session(20, { onCpu: 20, fault: 0.2, poll: 100 }, { pageCache: view });
    expect(blames(withFaults(calm, 4000))).toEqual([]);
  });

  it('on a healthy server beside a backup that drops and fills caches, with its cgroup full', () => {
    const view = pageCache([cause('first-touch', 60), cause('refault', 12)], {
      evictors: [evictor(GREP, 12, { pages: 900_000 })],
      fillers: [filler(GREP, 90_000)],
    });
    const calm = session(60, { onCpu: 60, fault: 0.1, poll: 300 }, { pageCache: view, memoryCgroup: fullCgroup() });
    const { findings, allClear } = diagnose(withFaults(calm, 72));
    expect(findings).toEqual([]);
    expect(allClear).toMatch(/^nothing to report: /);
  });

  it.each([
    ['few refaults were seen', pageCache([cause('refault', 80)], { evictors: [evictor(GREP, 80)] })],
    [
      'their share is small',
      pageCache([cause('refault', 500), cause('first-touch', 4500, { confidence: 'low' })], {
        evictors: [evictor(GREP, 500)],
      }),
    ],
    [
      'hardly any cause was seen, the rest is scaled',
      pageCache([cause('refault', 4000)], { evictors: [evictor(GREP, 4000)], sampledFaults: 20 }),
    ],
    [
      'pages were evicted and nobody missed them',
      pageCache([cause('first-touch', 4000)], { evictors: [evictor(GREP, 0)] }),
    ],
  ])('where %s', (_why, view) => {
    expect(blames(faulting(view))).toEqual([]);
  });

  it('where the set watched only a quiet time of the session', () => {
    const view = pageCache([cause('refault', 400)], { evictors: [evictor(GREP, 400)] });
    expect(blames(withFaults(faulting(view), 40_000))).toEqual([]);
  });
});
