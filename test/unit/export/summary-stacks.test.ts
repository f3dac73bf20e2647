import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderJson } from '../../../src/export/render-json.js';
import { summaryOf } from '../../../src/export/summary.js';
import type { SummaryStackSums } from '../../../src/export/summary-format-stacks.js';
import type { StacksView } from '../../../src/model/stacks-view.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';
import { NOTHING_FOUND } from './diagnoses.js';
import { outside } from './outside-strings.js';
import { schemaErrors } from './schema.js';
import { emptySnapshot } from './snapshots.js';

function textOf(stacks: StacksView): string {
  return renderJson(summaryOf({ ...emptySnapshot(), stacks }, NOTHING_FOUND));
}

function faultsOf(stacks: StacksView): SummaryStackSums {
  const summary = JSON.parse(textOf(stacks));
  expect(schemaErrors()(summary)).toEqual([]);
  return summary.stacks.faults;
}

const anyStacks: fc.Arbitrary<FoldedStack[]> = fc.array(
  fc.record({
    line: fc.constant(''),
    frames: fc.array(fc.record({ label: outside, module: fc.constant('app'), kernel: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    count: fc.nat(1000),
    totalNs: fc.nat(1e9),
  }),
  { maxLength: 12 },
);

describe('stacks in the summary', () => {
  test('name their frames by places in a table that has each once', () => {
    const { frames, stacks } = faultsOf(
      stacksView([
        { line: 'main;lookup;filemap_fault_[k]', count: 8, totalNs: 80 },
        { line: 'main;scan;filemap_fault_[k]', count: 2, totalNs: 20 },
      ]),
    );
    expect(frames.map(({ name }) => name)).toEqual(['main', 'lookup', 'filemap_fault', 'scan']);
    expect(frames[2]).toEqual({ name: 'filemap_fault', module: 'kernel', kernel: true });
    expect(stacks).toEqual([
      { tid: 4712, cause: 'fault', frames: [0, 1, 2], count: 8, totalNs: 80 },
      { tid: 4712, cause: 'fault', frames: [0, 3, 2], count: 2, totalNs: 20 },
    ]);
  });

  test('are at most 300, and those that cost least are one figure', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ line: `main;f${index}`, count: 2, totalNs: index }));
    const { stacks, others, frames, totalNs } = faultsOf(stacksView(many));
    expect(stacks).toHaveLength(300);
    expect(frames).toHaveLength(301);
    expect(others).toEqual({ stacks: 700, count: 1400, totalNs: (699 * 700) / 2 });
    expect(totalNs).toBe((999 * 1000) / 2);
  });

  test('and the others add up to the sums, whatever was seen', () => {
    fc.assert(
      fc.property(anyStacks, (folded) => {
        const { count, totalNs, stacks, others } = faultsOf(stacksView(folded));
        const sum = (pick: 'count' | 'totalNs') => stacks.reduce((all, one) => all + one[pick], others[pick]);
        expect([sum('count'), sum('totalNs')]).toEqual([count, totalNs]);
      }),
    );
  });
});

const guide = readFileSync(new URL('../../../docs/summary.md', import.meta.url), 'utf8');
const folding = /^ {4}jq -r '(\.stacks\.faults .*)' out\.json$/m.exec(guide)?.[1] ?? '';
const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.skipIf(!hasJq)('the folded lines that docs/summary.md makes of it', () => {
  const folded = (stacks: StacksView): string[] => {
    const { stdout, stderr } = spawnSync('jq', ['-r', folding], { input: textOf(stacks), encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').slice(0, -1);
  };

  test('are what flamegraph.pl reads: a line a stack, kernel functions marked', () => {
    const many = Array.from({ length: 301 }, () => ({ line: 'main;lookup;filemap_fault_[k]', count: 3, totalNs: 9 }));
    const lines = folded(stacksView([...many, { line: 'operator new;a', count: 1, totalNs: 10, tid: null }]));
    expect(lines[0]).toBe('-;operator_new;a 1');
    expect(lines[1]).toBe('4712;main;lookup;filemap_fault_[k] 3');
    expect(lines.at(-1)).toBe('[other stacks] 6');
  });

  test('add up to the count, whatever the names', () => {
    fc.assert(
      fc.property(anyStacks, (stacks) => {
        const view = stacksView(stacks);
        const lines = folded(view);
        expect(lines).toHaveLength(stacks.length);
        for (const [index, line] of lines.entries()) {
          expect(line).toMatch(/^\d+;.* \d+$/s);
          expect(line.split(';')).toHaveLength((view.faults.stacks[index]?.frames.length ?? 0) + 1);
        }
        const sum = lines.reduce((all, line) => all + Number(/ (\d+)$/.exec(line)?.[1]), 0);
        expect(sum).toBe(view.faults.count);
      }),
      { numRuns: 25 },
    );
  });
});
