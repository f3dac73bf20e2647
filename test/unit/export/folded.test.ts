import { describe, expect, test } from 'vitest';
import { renderFolded } from '../../../src/export/folded.js';
import type { StacksView } from '../../../src/model/stacks-view.js';
import { bytesOf } from '../../support/exported.js';
import { openInSpeedscope } from '../../support/speedscope-importer.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';
import { HOSTILE_NAMES } from './outside-strings.js';
import { endedSession } from './sessions.js';
import { emptySnapshot } from './snapshots.js';

const FAULTS: readonly FoldedStack[] = [
  { line: 'main.main;main.(*Index).lookup;filemap_fault_[k]', count: 8, totalNs: 700_000 },
  { line: 'main.main;main.(*Index).lookup;filemap_fault_[k]', tid: 4713, count: 2, totalNs: 100_000 },
  { line: '[no stack]', count: 2, totalNs: 50_000, tid: null, threadName: null, part: null },
];
const WAITS: readonly FoldedStack[] = [
  { line: 'main.main;syscall.Pread', part: 'disk', count: 3, totalNs: 30_000 },
  { line: 'main.main;syscall.Pread', part: 'lock', threadName: null, tid: 7, count: 1, totalNs: 4_000 },
];

type Weight = Parameters<typeof renderFolded>[1];
const folded = (stacks: StacksView | null, weight: Weight) =>
  bytesOf(renderFolded(endedSession({ ...emptySnapshot(), stacks }), weight)).toString();

describe('folded stacks', () => {
  test('are a line a stack with the thread first, those of threads of one name together', () => {
    expect(folded(stacksView(FAULTS), 'fault-time').split('\n')).toEqual([
      'worker;main.main;main.(*Index).lookup;filemap_fault_[k] 800000',
      '[all threads];[no stack] 50000',
      '',
    ]);
    expect(folded(stacksView(FAULTS), 'faults')).toContain('filemap_fault_[k] 10\n');
  });

  test('off the CPU say the cause of the wait below the thread', () => {
    expect(folded(stacksView([], WAITS), 'off-cpu')).toBe(
      'worker;[disk];main.main;syscall.Pread 30000\ntid 7;[lock];main.main;syscall.Pread 4000\n',
    );
  });

  test.each(['faults', 'fault-time', 'off-cpu'] as const)(
    'of %s are read by speedscope, and add up',
    async (weight) => {
      const stacks = stacksView(FAULTS, WAITS);
      const group = await openInSpeedscope(folded(stacks, weight), 'x.folded');
      const { faults, offCpu } = stacks;
      const total = weight === 'off-cpu' ? offCpu.totalNs : weight === 'faults' ? faults.count : faults.totalNs;
      expect(group?.profiles.map((profile) => profile.getTotalWeight())).toEqual([total]);
    },
  );

  test('of hostile names keep their lines and their sum', async () => {
    const names = [...HOSTILE_NAMES, 'a;b;c', 'operator new 12', 'x 3.5', 'a\nb 7', '   '];
    const stacks = names.map(
      (label, index): FoldedStack => ({
        ...{ line: '', threadName: label, count: 1, totalNs: 10 ** index },
        frames: [
          { label: 'main', module: null, kernel: false },
          { label, module: null, kernel: false },
        ],
      }),
    );
    const text = folded(stacksView(stacks), 'fault-time');
    const lines = text.trimEnd().split('\n');
    expect(lines.every((line) => /^[^;]+;main;[^;]+ \d+$/.test(line))).toBe(true);
    // flamegraph.pl takes two numbers at the end for two profiles.
    expect(lines.filter((line) => /\s\d+(\.\d*)?\s+\d+$/.test(line))).toEqual([]);
    const group = await openInSpeedscope(text, 'x.folded');
    expect(group?.profiles[0]?.getTotalWeight()).toBe(stacks.reduce((sum, { totalNs }) => sum + totalNs, 0));
  });

  test('without the probe set stacks: one line that says how to get them, exit 2', () => {
    expect(() => folded(null, 'faults')).toThrow(
      expect.objectContaining({ exitCode: 2, line: expect.stringMatching(/no stacks .*: .*--stacks$/) }),
    );
  });
});
