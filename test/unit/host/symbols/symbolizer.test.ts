import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Symbolizer } from '../../../../src/host/symbols/symbolizer.js';

/** Ours: this process is the target, and V8's code is what a runtime has compiled. */
const MAP = `/tmp/perf-${process.pid}.map`;

let symbolizer: Symbolizer;
let compiled: bigint;
beforeEach(() => {
  symbolizer = new Symbolizer(process.pid, () => true);
  const [, start] = /^([0-9a-f]+)-\S+ r.xp \S+ 00:00 0 *$/m.exec(readFileSync('/proc/self/maps', 'utf8')) ?? [];
  if (start === undefined) throw new Error('V8 has compiled nothing');
  compiled = BigInt(`0x${start}`);
});
afterEach(() => {
  symbolizer.close();
  rmSync(MAP, { force: true });
});

/** What is told of these addresses; null where nothing is. */
async function named(addresses: readonly bigint[]): Promise<readonly (string | null)[]> {
  const unnamed = await symbolizer.unnamed(addresses.map((address) => ({ address, isReturn: false })));
  return (await symbolizer.name(unnamed)).map(({ name }) => name);
}

function writeMap(name: string): void {
  writeFileSync(MAP, `${compiled.toString(16)} 100 ${name}\n`, { flag: 'a' });
}

test('compiled code is named when a perf map names it, once, and anew when its place is given to other code', async () => {
  const address = compiled + 0x10n;
  expect(await named([address])).toEqual([null]);
  expect(await named([address])).toEqual([]);
  writeMap('first');
  expect(await named([address])).toEqual(['first']);
  expect(await named([address])).toEqual([]);
  writeMap('second');
  // A map is read again after a while only.
  await expect.poll(() => named([address])).toEqual(['second']);
});

test('compiled code keeps its name where the map that named it is gone, or names it no longer', async () => {
  const address = compiled + 0x10n;
  writeMap('first');
  expect(await named([address])).toEqual(['first']);
  writeFileSync(MAP, '1000 10 elsewhere\n');
  expect(await named([address])).toEqual([]);
  rmSync(MAP);
  expect(await named([address])).toEqual([]);
});

test('hundreds of thousands of addresses are named, in slices', async () => {
  const many = Array.from({ length: 150_000 }, (_, index) => compiled + BigInt(index));
  writeMap('first');
  let turns = 0;
  const others = setInterval(() => {
    turns += 1;
  }, 1);
  const symbols = await symbolizer.name(
    await symbolizer.unnamed(many.map((address) => ({ address, isReturn: false }))),
  );
  clearInterval(others);
  // In whatever order: what V8 has mapped there may be shorter.
  const names = new Map(symbols.map(({ address, name }) => [address, name]));
  expect(names.size).toBe(many.length);
  expect(names.get(compiled + 0xffn)).toBe('first');
  expect(names.get(compiled + 0x100n)).toBeNull();
  expect(turns).toBeGreaterThan(5);
});
