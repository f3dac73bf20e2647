import { expect, test } from 'vitest';
import { packScalars, wastesScalars } from '../../../src/probe/pack-scalars.js';
import { loadScript } from '../../../src/probe/script.js';

test('single numbers go into one map, and nothing else does', () => {
  const script = `BEGIN {
  @tick = (uint64)0;
  @on = ((uint64)0, (uint64)1);
  @by[(uint64)1] = (uint64)0;
  @ticks = (uint64)$1;
}
interval:ms:100 {
  @tick = @tick + 1;
  if (@tick % @ticks == 0) { print(@by); @on = (@on.0, (uint64)@tick); }
}
END {
  clear(@by); clear(@tick); clear(@on);
  clear(@ticks);
}`;
  expect(packScalars(script)).toBe(`BEGIN {
  @scalar[(uint64)0] = (uint64)0;
  @on = ((uint64)0, (uint64)1);
  @by[(uint64)1] = (uint64)0;
  @scalar[(uint64)1] = (uint64)$1;
}
interval:ms:100 {
  @scalar[(uint64)0] = @scalar[(uint64)0] + 1;
  if (@scalar[(uint64)0] % @scalar[(uint64)1] == 0) { print(@by); @on = (@on.0, (uint64)@scalar[(uint64)0]); }
}
END {
  clear(@by); clear(@scalar); clear(@on);
  
}`);
});

const SETS = ['threads', 'entry', 'pagecache', 'requests', 'stacks', 'storage', 'wakers'];

test.each(SETS)('what %s.bt packs it clears at its end, and never before', (set) => {
  const script = packScalars(loadScript(set, []));
  const [before = '', end = ''] = script.split(/^END /m);
  expect(before).not.toContain('clear(@scalar)');
  expect(end.split('clear(@scalar)').length).toBe(2);
  expect(script).not.toMatch(/print\(@scalar/);
});

test.each([
  ['0.17.0', true],
  ['0.20.4-1-gabc', true],
  ['0.23.2', false],
  ['0.27.0', false],
  ['1.0.0', false],
  [null, false],
])('bpftrace %s: needed is %s', (version, wastes) => {
  expect(wastesScalars(version)).toBe(wastes);
});
