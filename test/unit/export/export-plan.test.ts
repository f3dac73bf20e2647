import { describe, expect, test } from 'vitest';
import { planExport } from '../../../src/export/export-plan.js';
import { EXPORT_FORMATS } from '../../../src/export/formats.js';

const plan = (path: string, format: string | null = null, table: string | null = null) => {
  const { format: found, files } = planExport(path, { format, table });
  return { format: found.name, paths: files.map((file) => file.path) };
};
const refusal = (line: RegExp) => expect.objectContaining({ exitCode: 2, line: expect.stringMatching(line) });

describe('the format of an export', () => {
  test.each([
    ['out.json', 'json'],
    ['OUT.JSON', 'json'],
    ['out.speedscope.json', 'speedscope'],
    ['out.pb.gz', 'pprof'],
    ['out.perfetto-trace', 'perfetto'],
    ['out.prom', 'openmetrics'],
    ['out.folded', 'folded'],
    ['-', 'json'],
  ])('%s is %s by its ending', (path, format) => {
    expect(plan(path)).toEqual({ format, paths: [path] });
  });

  test('that is named counts, whatever the ending', () => {
    expect(plan('out.txt', 'openmetrics')).toEqual({ format: 'openmetrics', paths: ['out.txt'] });
  });

  test('that no ending says, or that there is none of, is told with all there are', () => {
    for (const { name } of EXPORT_FORMATS) {
      expect(() => plan('out.txt')).toThrow(refusal(new RegExp(`ending of out.txt .*--format.*\\b${name} \\(`)));
      expect(() => plan('out.json', 'xml')).toThrow(refusal(new RegExp(`no format xml: .*\\b${name} \\(`)));
    }
  });

  test('never has an ending of two formats', () => {
    const endings = EXPORT_FORMATS.flatMap((format) => format.endings);
    expect(new Set(endings).size).toBe(endings.length);
  });
});

describe('the tables of csv', () => {
  test('are a file each, beside the name that was given', () => {
    expect(plan('dir/out.csv').paths).toEqual(['dir/out.threads.csv', 'dir/out.faults.csv', 'dir/out.stalls.csv']);
    expect(plan('out', 'csv').paths).toEqual(['out.threads.csv', 'out.faults.csv', 'out.stalls.csv']);
  });

  test('can be had one by one, under the name that was given', () => {
    expect(plan('out.csv', null, 'stalls').paths).toEqual(['out.csv']);
    expect(plan('-', 'csv', 'faults').paths).toEqual(['-']);
  });

  test('do not all go to standard output', () => {
    expect(() => plan('-', 'csv')).toThrow(refusal(/add --table threads or faults or stalls/));
  });

  test('that there are none of are told with those there are', () => {
    expect(() => plan('out.csv', null, 'files')).toThrow(refusal(/no table files: give --table threads or faults/));
    expect(() => plan('out.json', null, 'threads')).toThrow(refusal(/json has no tables/));
  });
});
