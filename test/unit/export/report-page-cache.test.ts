import { expect, test } from 'vitest';
import { pageCacheLines } from '../../../src/export/report-page-cache.js';
import { fullPageCache } from './page-cache-views.js';

test('the report says who evicted, why pages were not there, how sure that is, and whom to suspect', () => {
  expect(pageCacheLines(fullPageCache())).toMatchInlineSnapshot(`
    [
      "pages    5.0k pages of its files evicted, watched for 2.0s; causes of 10 major",
      "         faults, scaled from 8 of them: refault 70%, first-touch 30%",
      "         (confidence low)",
      "  evictor                             pages refaults share    age  way",
      "  4720 grep /batch                     5.0k        7   70%   1.5s  made room",
      "  suspects behind kswapd, by what they filled then: grep (4720) 80%",
    ]
  `);
});

test('without the set it says nothing, and without refaults of kswapd it suspects nobody', () => {
  expect(pageCacheLines(null)).toEqual([]);
  const lines = pageCacheLines({ ...fullPageCache(), kswapdRefaults: 0, suspects: [] });
  expect(lines.join('\n')).not.toContain('suspect');
});

test('several that are no longer told apart are called many others, not process 0', () => {
  const view = fullPageCache();
  const others = { pid: 0, comm: null, command: null, cgroup: null, isTarget: false, kernelThread: false };
  const evictors = view.evictors.map((one) => ({ ...one, actor: others }));
  const suspects = view.suspects.map((one) => ({ ...one, actor: others }));
  const text = pageCacheLines({ ...view, evictors, suspects }).join('\n');
  expect(text).toMatch(/^ {2}many others +5\.0k /m);
  expect(text).toContain('what they filled then: many others 80%');
});

test('no line is wider than a terminal', () => {
  const view = fullPageCache();
  const [evictor] = view.evictors;
  const wide = evictor === undefined ? [] : [{ ...evictor, actor: { ...evictor.actor, cgroup: '漢'.repeat(200) } }];
  for (const line of pageCacheLines({ ...view, evictors: wide })) expect(line.length).toBeLessThanOrEqual(79);
});
