import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import type { Finding } from '../../../src/diagnosis/finding.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';
import { session, withFaults } from './sessions.js';

/** Threads in faults most of the time, taken on these stacks. */
function hotCode(faults: readonly FoldedStack[], faultSeconds = 20): Finding | undefined {
  const busy = session(30, { fault: faultSeconds, onCpu: 10 }, { stacks: stacksView(faults) });
  return diagnose(withFaults(busy, 5000)).findings.find(({ id }) => id === 'hot-code');
}

const FAULT = 'handle_mm_fault_[k]';

describe('hot code', () => {
  it('is the innermost function that four fifths of the fault time are under, with who calls it', () => {
    const finding = hotCode([
      {
        line: `main.main;example.com/app.(*Server).handle;example.com/app.(*Index).lookup;runtime.memmove;${FAULT}`,
        count: 700,
        totalNs: 5e9,
      },
      {
        line: `main.main;example.com/app.(*Server).handle;example.com/app.(*Index).lookup;${FAULT}`,
        count: 500,
        totalNs: 3e9,
        tid: 7,
      },
      { line: `main.main;main.warm;example.com/app.(*Index).lookup;${FAULT}`, count: 20, totalNs: 1e9 },
      { line: `main.main;main.other;${FAULT}`, count: 20, totalNs: 1e9 },
    ]);
    expect(finding?.title).toBe('90% of its fault time is under one function: example.com/app.(*Index).lookup.');
    expect(finding?.evidence).toEqual([
      '1.2k major faults and 9.0s in it and what it calls (app).',
      'Called by app.(*Server).handle < main.main: 89% of that.',
      'Called by main.warm < main.main: 11% of that.',
    ]);
    expect(finding).toMatchObject({ severity: 'note', confidence: 'high' });
  });

  it('is told once for one that calls itself, and counts what has no stack as elsewhere', () => {
    const stacks = [
      { line: 'main;walk;walk;walk', count: 900, totalNs: 9e9 },
      { line: '[no stack]', count: 100, totalNs: 1e9, tid: null },
    ];
    expect(hotCode(stacks)?.title).toBe('90% of its fault time is under one function: walk.');
    expect(hotCode(stacks)?.evidence.at(-1)).toBe('10% of the faults have no stack and count as elsewhere.');
  });

  it.each<[string, readonly FoldedStack[]]>([
    ['the time is spread', ['a', 'b', 'c'].map((name) => ({ line: `main;${name}`, count: 500, totalNs: 1e9 }))],
    [
      'only where programs begin is common',
      ['a', 'b'].map((name) => ({ line: `_start;main;${name}`, count: 500, totalNs: 1e9 })),
    ],
    ['no function is known', [{ line: 'main;libz.so.1+0x1f40', count: 500, totalNs: 9e9 }]],
    [
      'it is where threads of Rust begin',
      ['a', 'b', 'c'].map((name) => ({
        line: `clone3;start_thread;std::sys::pal::unix::thread::Thread::new::thread_start;${name}`,
        count: 500,
        totalNs: 1e9,
      })),
    ],
    [
      'it is where the JVM begins',
      ['a', 'b', 'c'].map((name) => ({ line: `ThreadJavaMain;JavaMain;call_stub;${name}`, count: 500, totalNs: 1e9 })),
    ],
    ['there are few faults', [{ line: 'main;lookup', count: 99, totalNs: 9e9 }]],
    [
      'most have no stack',
      [
        { line: '[no stack]', count: 900, totalNs: 9e9 },
        { line: 'main;f', count: 300, totalNs: 2e9 },
      ],
    ],
    ['the least are folded together', [{ line: '[other stacks]', count: 900, totalNs: 9e9 }]],
    ['nothing is known of the code', [{ line: '[unknown];[unknown]', count: 900, totalNs: 9e9 }]],
    ['they took no time', [{ line: 'main;lookup', count: 900, totalNs: 0 }]],
  ])('is not found where %s', (_why, stacks) => {
    expect(hotCode(stacks)).toBeUndefined();
  });

  it('is not found where faults do not matter, or the set did not run', () => {
    expect(hotCode([{ line: 'main;lookup', count: 900, totalNs: 9e9 }], 0.01)).toBeUndefined();
    expect(diagnose(session(30, { fault: 20 })).findings.map(({ id }) => id)).not.toContain('hot-code');
  });
});
