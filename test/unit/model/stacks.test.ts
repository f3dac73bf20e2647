import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXCEPTION } from '../../../src/model/code.js';
import { Stacks } from '../../../src/model/stacks.js';
import type { StackSums, StacksView, StackView } from '../../../src/model/stacks-view.js';
import { code, FUTEX_WAIT, INTERRUPTIBLE, UNINTERRUPTIBLE } from './records.js';
import { stack, symbol, total } from './stack-records.js';

const MAIN = 0x1000n;
const LOOKUP = 0x2000n;
const LOOKUP_LATER = 0x2040n;
const READ = 0xffff_ffff_8100_0000n;

function running(): Stacks {
  const stacks = new Stacks('x86_64');
  stacks.applyState(true);
  stacks.apply(symbol(MAIN, 'main'));
  stacks.apply(symbol(LOOKUP, 'lookup'));
  stacks.apply(symbol(LOOKUP_LATER, 'lookup', { offset: 0x44n }));
  stacks.apply(symbol(READ, 'filemap_fault', { module: 'kernel' }));
  return stacks;
}

function viewOf(stacks: Stacks): StacksView {
  const view = stacks.view(() => 'worker');
  if (view === null) throw new Error('nothing to show');
  return view;
}

/** "main;lookup 3" of each stack. */
function folded(stacks: Stacks, of: 'faults' | 'offCpu' = 'faults'): string[] {
  const view = viewOf(stacks);
  const name = (place: number) => view.frames[place]?.label;
  return view[of].stacks.map(({ frames, count }) => `${frames.map(name).join(';')} ${count}`);
}

function sums({ stacks }: StackSums): { count: number; totalNs: number } {
  const sum = (pick: (one: StackView) => number) => stacks.reduce((all, one) => all + pick(one), 0);
  return { count: sum(({ count }) => count), totalNs: sum(({ totalNs }) => totalNs) };
}

describe('stacks', () => {
  test('are not there before the set has run, and stay when it ends', () => {
    const stacks = new Stacks('x86_64');
    expect(stacks.view(() => null)).toBeNull();
    stacks.applyState(true);
    stacks.applyState(false);
    expect(stacks.view(() => null)?.faults).toEqual({ count: 0, totalNs: 0, withoutStack: 0, stacks: [] });
  });

  test('read from the outermost function to the innermost, user before kernel, one for all addresses of a function', () => {
    const stacks = running();
    stacks.apply(stack([LOOKUP, MAIN], { kernel: [READ], count: 3, totalNs: 30 }));
    stacks.apply(stack([LOOKUP_LATER, MAIN], { kernel: [READ], count: 2, totalNs: 20 }));
    const { frames, faults } = viewOf(stacks);
    expect(folded(stacks)).toEqual(['main;lookup;filemap_fault 5']);
    expect(faults).toMatchObject({ count: 5, totalNs: 50, withoutStack: 0 });
    expect(faults.stacks[0]).toMatchObject({ tid: 41, threadName: 'worker', part: 'fault' });
    expect(frames).toContainEqual({ label: 'filemap_fault', module: 'kernel', kernel: true });
    expect(frames).toContainEqual({ label: 'lookup', module: 'app', kernel: false });
  });

  test('are cumulative: a reading that comes again counts once, and threads and kinds of wait are apart', () => {
    const stacks = running();
    for (const count of [3, 3, 7]) stacks.apply(stack([MAIN], { count, totalNs: count * 10 }));
    stacks.apply(stack([MAIN], { tid: 42, count: 1, totalNs: 10 }));
    expect(folded(stacks)).toEqual(['main 7', 'main 1']);
    const off = { of: 'off-cpu', count: 2, totalNs: 5 } as const;
    stacks.apply(stack([MAIN], { ...off, code: FUTEX_WAIT }));
    stacks.apply(stack([MAIN], { ...off, code: code(UNINTERRUPTIBLE, EXCEPTION, { major: true }) }));
    expect(
      viewOf(stacks)
        .offCpu.stacks.map(({ part }) => part)
        .sort(),
    ).toEqual(['fault', 'lock']);
  });

  test('of a wait that went on and that a major fault then ended count it once, as what it was', () => {
    const stacks = running();
    const wait = { of: 'off-cpu', kernel: [READ] } as const;
    const asleep = { ...wait, code: code(UNINTERRUPTIBLE, EXCEPTION) };
    stacks.apply(stack([MAIN], { ...asleep, count: 1, totalNs: 400 }));
    stacks.apply(total(1, 400, 'off-cpu'));
    stacks.apply(stack([MAIN], { ...asleep, count: 0, totalNs: 0 }));
    stacks.apply(
      stack([MAIN], { ...wait, code: code(UNINTERRUPTIBLE, EXCEPTION, { major: true }), count: 1, totalNs: 500 }),
    );
    stacks.apply(total(1, 500, 'off-cpu'));
    const { offCpu } = viewOf(stacks);
    expect(offCpu).toMatchObject({ count: 1, totalNs: 500 });
    expect(offCpu.stacks.map(({ part, count, totalNs }) => [part, count, totalNs])).toEqual([['fault', 1, 500]]);
  });

  test('go on from what was counted when the set is started anew', () => {
    const stacks = running();
    stacks.apply(stack([MAIN], { count: 9, totalNs: 90 }));
    stacks.applyState(false);
    stacks.applyState(true);
    stacks.apply(stack([MAIN], { count: 2, totalNs: 20 }));
    stacks.apply(stack([MAIN], { count: 4, totalNs: 40 }));
    expect(folded(stacks)).toEqual(['main 13']);
  });

  test('of the last reading count once, though it comes after the end', () => {
    const stacks = running();
    stacks.apply(stack([MAIN], { count: 9, totalNs: 90 }));
    stacks.applyState(false);
    stacks.apply(stack([MAIN], { count: 11, totalNs: 110 }));
    expect(folded(stacks)).toEqual(['main 11']);
  });

  test('say module and offset where no function is known, and unknown where nothing is', () => {
    const stacks = running();
    stacks.apply(symbol(0x5000n, null, { module: 'libz.so.1', offset: 0x1f40n }));
    stacks.apply(symbol(0x6000n, null, { module: null, offset: 0x6000n }));
    stacks.apply(stack([0x7000n, 0x6000n, 0x5000n]));
    expect(folded(stacks)).toEqual(['libz.so.1+0x1f40;[unknown];[unknown] 1']);
  });

  test('keep their old name where an address is given to other code later', () => {
    const stacks = running();
    stacks.apply(stack([LOOKUP, MAIN], { count: 5, totalNs: 50 }));
    stacks.apply(symbol(LOOKUP, 'compiled_later'));
    stacks.apply(stack([LOOKUP, MAIN], { count: 6, totalNs: 70 }));
    expect(folded(stacks)).toEqual(['main;lookup 5', 'main;compiled_later 1']);
  });

  test('that are missing hang on a frame of their own, so that the sums are the totals', () => {
    const stacks = running();
    stacks.apply(stack([MAIN], { count: 190, totalNs: 1900 }));
    stacks.apply(total(200, 2000));
    expect(folded(stacks)).toEqual(['main 190', '[no stack] 10']);
    stacks.applyState(false);
    const { faults } = viewOf(stacks);
    expect(faults).toMatchObject({ count: 200, totalNs: 2000, withoutStack: 10 });
    expect(faults.stacks[1]).toMatchObject({ tid: null, threadName: null, part: null });
    stacks.applyState(true);
    stacks.apply(total(50, 500));
    stacks.applyState(false);
    expect(viewOf(stacks).faults).toMatchObject({ count: 250, withoutStack: 60 });
  });

  test('whose cell is told later than their total move there from the missing ones', () => {
    const stacks = running();
    stacks.apply(total(100, 1000));
    expect(folded(stacks)).toEqual(['[no stack] 100']);
    stacks.apply(stack([MAIN], { count: 103, totalNs: 1030 }));
    expect(folded(stacks)).toEqual(['main 103']);
    expect(viewOf(stacks).faults.withoutStack).toBe(0);
  });

  test('with the same frames in several cells are one, and those of all threads together have none', () => {
    const stacks = running();
    stacks.apply({ ...stack([MAIN]), cell: 1n << 60n, count: 5 });
    stacks.apply({ ...stack([MAIN]), cell: 1n << 61n, count: 3 });
    stacks.apply({ ...stack([MAIN]), cell: 1n << 61n, count: 4 });
    stacks.apply(stack([MAIN], { tid: 0, generation: 0, count: 2, totalNs: 9 }));
    expect(folded(stacks)).toEqual(['main 9', 'main 2']);
    expect(viewOf(stacks).faults.stacks.map(({ tid }) => tid)).toEqual([41, null]);
  });

  test('without user frames are told, their kernel frames kept', () => {
    const stacks = running();
    stacks.apply(stack([], { kernel: [READ], count: 4 }));
    expect(folded(stacks)).toEqual(['[no stack];filemap_fault 4']);
    expect(viewOf(stacks).faults.withoutStack).toBe(4);
  });
});

describe('waits of Go threads', () => {
  const FUTEX = 0x3000n;
  const LOCK = 0x4000n;
  const LIBC = 0x5000n;
  const partOf = (user: readonly bigint[], runtime: 'go' | 'native' = 'go') => {
    const stacks = running();
    stacks.apply(symbol(FUTEX, 'runtime.futex'));
    stacks.apply(symbol(LOCK, 'runtime.lock2'));
    stacks.apply(symbol(LIBC, 'pthread_mutex_lock', { module: 'libc.so.6' }));
    stacks.apply(stack(user, { of: 'off-cpu', code: FUTEX_WAIT }));
    expect(viewOf(stacks).offCpu.stacks[0]?.part).toBe('lock');
    stacks.runUnder(runtime);
    return viewOf(stacks).offCpu.stacks[0]?.part;
  };

  test('are idle in the futex that parks an M, not in a lock of the runtime or of C, and not elsewhere', () => {
    expect(partOf([FUTEX, MAIN])).toBe('parked');
    expect(partOf([])).toBe('parked');
    expect(partOf([FUTEX, LOCK, MAIN])).toBe('lock');
    expect(partOf([LIBC, MAIN])).toBe('lock');
    expect(partOf([FUTEX, MAIN], 'native')).toBe('lock');
  });

  test('in epoll are polling', () => {
    const stacks = running();
    stacks.apply(stack([MAIN], { of: 'off-cpu', code: code(INTERRUPTIBLE, 232) }));
    expect(viewOf(stacks).offCpu.stacks[0]?.part).toBe('poll');
  });
});

describe('tens of thousands of stacks', () => {
  test('take bounded memory, and no count vanishes: the least are one row a thread', () => {
    const stacks = running();
    const many = 45_000;
    let counted = 0;
    for (let index = 0; index < many; index += 1) {
      const address = 0x10_0000n + BigInt(index % 5000) * 16n;
      stacks.apply(symbol(address, `f${index % 5000}`));
      const count = 1 + (index % 7);
      stacks.apply(stack([address, MAIN], { tid: 100 + Math.floor(index / 5000), count, totalNs: count * 10 }));
      counted += count;
    }
    const { faults } = viewOf(stacks);
    expect(faults.stacks.length).toBeLessThanOrEqual(20_000);
    expect(faults).toMatchObject({ count: counted, totalNs: counted * 10, withoutStack: 0 });
    expect(folded(stacks).filter((line) => line.startsWith('[other stacks]')).length).toBeGreaterThan(1);
    // One that was folded and grows counts on, and falls where it is counted.
    stacks.apply(stack([0x10_0000n, MAIN], { tid: 100, count: 1_000_001, totalNs: 50 }));
    expect(viewOf(stacks).faults.count).toBe(counted + 1_000_000);
    stacks.apply(stack([0x10_0010n, MAIN], { tid: 100, count: 0, totalNs: 0 }));
    expect(viewOf(stacks).faults.count).toBe(counted + 1_000_000 - 2);
  });

  test('of as many threads too', () => {
    const stacks = running();
    for (let tid = 1; tid <= 41_000; tid += 1) stacks.apply(stack([MAIN], { tid }));
    const { faults } = viewOf(stacks);
    expect(faults.stacks.length).toBeLessThanOrEqual(20_000);
    expect(faults.count).toBe(41_000);
  });

  test('of all threads together too', () => {
    const stacks = running();
    for (let index = 0; index < 41_000; index += 1) {
      const at = BigInt(0x10_0000 + index * 16);
      stacks.apply(symbol(at, `f${index}`));
      stacks.apply(stack([at, MAIN], { tid: 0 }));
    }
    const { faults } = viewOf(stacks);
    expect(faults.stacks.length).toBeLessThanOrEqual(20_000);
    expect(faults.count).toBe(41_000);
  });
});

test('whatever is told in whatever order, rows add up to the sums, and to the total where all was told', () => {
  const cell = fc.record({
    tid: fc.integer({ min: 1, max: 3 }),
    code: fc.constantFrom(0, FUTEX_WAIT),
    user: fc.array(fc.constantFrom(MAIN, LOOKUP, LOOKUP_LATER, 0x9999n), { maxLength: 4 }),
    kernel: fc.array(fc.constantFrom(READ), { maxLength: 2 }),
    count: fc.nat(50),
    totalNs: fc.nat(5000),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: cell.map((facts) => ({ cell: facts })) },
    { weight: 1, arbitrary: fc.constantFrom({ restart: true }, { rename: true }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(9), (steps, missing) => {
      const stacks = running();
      // What the kernel would say: cumulative since the script was attached.
      const cells = new Map<string, { count: number; totalNs: number }>();
      const all = { count: 0, totalNs: 0 };
      for (const one of steps) {
        if ('restart' in one) {
          stacks.applyState(false);
          stacks.applyState(true);
          cells.clear();
        } else if ('rename' in one) {
          stacks.apply(symbol(LOOKUP, `renamed ${cells.size}`));
        } else {
          const { tid, code: why, user, kernel } = one.cell;
          const key = [tid, why, user.join(), kernel.join()].join(' ');
          const before = cells.get(key) ?? { count: 0, totalNs: 0 };
          const now = { count: before.count + one.cell.count, totalNs: before.totalNs + one.cell.totalNs };
          cells.set(key, now);
          all.count += one.cell.count;
          all.totalNs += one.cell.totalNs;
          stacks.apply(stack(user, { tid, code: why, kernel, ...now }));
        }
      }
      const attached = [...cells.values()].reduce((sum, { count }) => sum + count, 0);
      const attachedNs = [...cells.values()].reduce((sum, { totalNs }) => sum + totalNs, 0);
      stacks.apply(total(attached + missing, attachedNs + missing));
      stacks.applyState(false);
      const { faults } = viewOf(stacks);
      expect(sums(faults)).toEqual({ count: faults.count, totalNs: faults.totalNs });
      expect(faults).toMatchObject({ count: all.count + missing, totalNs: all.totalNs + missing });
    }),
  );
});
