import fc from 'fast-check';
import { type DefaultTreeAdapterMap, type ErrorCodes, parse } from 'parse5';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/model/snapshot.js';
import { causesSession, endingAs, manyThreads, pageOf } from '../../../support/sessions.js';
import { stacksView } from '../../../support/stacks.js';
import { anyDiagnosis, fullDiagnosis, NOTHING_FOUND } from '../diagnoses.js';
import { fullFiles } from '../file-views.js';
import { HOSTILE_NAMES } from '../outside-strings.js';
import { anySnapshot, emptySnapshot, fullSnapshot, threadView } from '../snapshots.js';

type Element = DefaultTreeAdapterMap['element'];

interface Parsed {
  readonly errors: readonly (ErrorCodes | string)[];
  readonly elements: readonly Element[];
}

function parsed(page: string): Parsed {
  const errors: string[] = [];
  const document = parse(page, { onParseError: ({ code }) => errors.push(code) });
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterMap['node']): void => {
    if ('attrs' in node) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return { errors, elements };
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value;
}

function sections(page: string): (string | undefined)[] {
  return parsed(page)
    .elements.filter(({ tagName }) => tagName === 'section')
    .map((element) => attribute(element, 'id'));
}

const fullPage = pageOf(endingAs(fullSnapshot(), fullDiagnosis()));

test('the verdict comes first, then the key figures, then the rest', () => {
  expect(sections(pageOf(causesSession())).slice(0, 4)).toEqual(['verdict', 'figures', 'timeline', 'threads']);
});

test('where every probe set ran, every part is there', () => {
  expect(sections(fullPage)).toEqual([
    'verdict',
    'figures',
    'threads',
    'causes',
    'files',
    'page-cache',
    'storage',
    'wakers',
    'goroutines',
    'requests',
    'symptoms',
    'fault-flames',
    'off-cpu-flames',
    'longest-faults',
    'quality',
  ]);
});

test('parts of sets that did not run are absent, and one line each says how to get them', () => {
  const page = pageOf(endingAs(emptySnapshot(), NOTHING_FOUND));
  expect(sections(page)).toEqual(['verdict', 'figures', 'threads', 'causes', 'quality', 'absent']);
  for (const set of ['requests', 'pagecache', 'storage', 'stacks', 'wakers'])
    expect(page.includes(`--${set}</code>`)).toBe(true);
});

test('findings come with evidence, confidence, remedies and predictions', () => {
  expect(fullPage.includes('1.1 s of 2.0 s sampled with level 2 of 2.')).toBe(true);
  expect(fullPage.includes('confidence high')).toBe(true);
  expect(fullPage.includes('Read /data/index.db with pread.')).toBe(true);
  expect(fullPage.includes('16 (enough)')).toBe(true);
});

test('an all-clear is said in its own words', () => {
  const page = pageOf(endingAs(emptySnapshot(), { ...NOTHING_FOUND, allClear: 'Nothing to report: no fault.' }));
  expect(page.includes('Nothing to report: no fault.')).toBe(true);
});

test('what is not known is "-", and no figure is NaN, undefined or Infinity', () => {
  const page = pageOf(endingAs(emptySnapshot(), NOTHING_FOUND));
  expect(page.search(/<dt>Runtime<\/dt><dd><b>-<\/b>/)).toBeGreaterThan(0);
  for (const page of [fullPage, pageOf(causesSession())]) {
    const text = page.replace(/<script>.*<\/script>|<style>.*<\/style>/gs, '');
    expect(text.search(/NaN|undefined|Infinity/)).toBe(-1);
  }
});

test('whatever a session holds, the page is well-formed, fetches nothing, and has no markup but its own', () => {
  fc.assert(
    fc.property(anySnapshot, anyDiagnosis, (snapshot, diagnosis) => {
      const { errors, elements } = parsed(pageOf(endingAs(snapshot, diagnosis)));
      expect(errors).toEqual([]);
      const scripts = elements.filter(({ tagName }) => tagName === 'script');
      expect(scripts.map((script) => attribute(script, 'type'))).toEqual(['application/json', undefined]);
      for (const element of elements) {
        expect(OWN_ELEMENTS).toContain(element.tagName);
        for (const { name, value } of element.attrs) {
          expect(name).not.toMatch(/^on|^style$|^src$/);
          if (name === 'href') expect(value).toMatch(/^#/);
        }
      }
    }),
    { numRuns: 15 },
  );
});

const OWN_ELEMENTS =
  'html head meta title style body a header div h1 p time button nav ul li main section h2 article span h3 h4 ol table caption thead tr th tbody td svg rect details summary dl dt dd b small path defs pattern figure figcaption output label input text code footer script'.split(
    ' ',
  );

test('no id stands twice, and every link of the page leads somewhere', () => {
  const { elements } = parsed(fullPage);
  const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const targets = elements.flatMap((element) => attribute(element, 'href') ?? []);
  for (const target of targets) expect(ids).toContain(target.slice(1));
});

test('hostile names of threads come out as text, without controls', () => {
  const threads = HOSTILE_NAMES.map((name, index) => threadView({ id: `${index}`, tid: index + 1, name }));
  const page = pageOf(endingAs({ ...emptySnapshot(), threads }, NOTHING_FOUND));
  expect(page.includes('{x{/} </script>')).toBe(false);
  expect(page.includes('{red-fg}x{/} &lt;/script&gt;')).toBe(true);
  expect(page.search(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/)).toBe(-1);
});

test('the policy of the page allows its own script and style, by their hashes, and nothing that is fetched', () => {
  const policy = parsed(fullPage).elements.flatMap((element) =>
    attribute(element, 'http-equiv') === 'Content-Security-Policy' ? (attribute(element, 'content') ?? []) : [],
  );
  expect(policy).toHaveLength(1);
  expect(policy[0]).toMatch(
    /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; img-src data:; /,
  );
});

test('1,000 threads, 600 points, 20,000 stacks and 200 files leave room for the lanes in 2 MB; what is left out is said', () => {
  const session = causesSession();
  const [first] = session.moments();
  const begin = first?.records[0];
  if (begin?.kind !== 'session') throw new Error('no session record');
  const threads = Array.from({ length: 1000 }, (_, index) =>
    threadView({ id: `${index}`, tid: index, faultWaitNs: index }),
  );
  const page = pageOf(
    endingAs({ ...fullSnapshot(), threads, ...huge() }, fullDiagnosis(), manyThreads(1000, 20, begin)),
  );
  expect(Buffer.byteLength(page)).toBeLessThan(1_150_000);
  expect(page.includes('Drawn are 40, ')).toBe(true);
  expect(page.includes('960 more are left out')).toBe(true);
  expect(page.includes('nor those beyond the 600 widest')).toBe(true);
});

/** As much as the model ever gives of stacks, files and history. */
function huge(): Pick<Snapshot, 'stacks' | 'files' | 'history' | 'requests' | 'pageCache' | 'wakers' | 'storage'> {
  const { files, requests, pageCache, wakers, storage } = fullSnapshot();
  const lines = Array.from({ length: 20_000 }, (_, stack) => ({
    line: `main;a_function_with_a_long_name_${stack % 1000};another::function_${stack % 1999};${'x'.repeat(60)}${stack}`,
    count: 1 + (stack % 7),
    totalNs: 1000 * (1 + (stack % 101)),
  }));
  const [file] = (files ?? fullFiles()).files;
  if (file?.heat == null) throw new Error('a file without heat');
  const cells = file.heat.cells.map((_, cell) => (cell * 7919) % 101);
  const rows = Array.from({ length: 64 }, (_, row) => ({
    atNs: row * 1e9,
    durationNs: 1e9,
    cells: cells.map((_, cell) => ((cell + row * 31) * 7919) % 103),
  }));
  const heat = { ...file.heat, cells, rows };
  const many = Array.from({ length: 200 }, (_, index) => ({
    ...file,
    id: `file ${index}`,
    path: `/data/${'sub/'.repeat(20)}${index}`,
    heat,
  }));
  const [point] = causesSession().end().snapshot.history;
  if (point === undefined) throw new Error('no history');
  const history = Array.from({ length: 600 }, (_, index) => ({
    ...point,
    atNs: (index + 1) * 500_000_000,
    durationNs: 500_000_000,
    majorFaults: (index * 7919) % 5000,
    requests: {
      count: index,
      latency: { count: index, p50Ns: 1e5, p90Ns: 1e6, p99Ns: 1e6 * (index % 31), maxNs: 1e9 },
    },
  }));
  return {
    stacks: stacksView(lines, lines),
    files: { ...fullFiles(), files: many },
    history,
    requests,
    pageCache,
    wakers,
    storage,
  };
}
