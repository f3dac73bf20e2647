import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { MemoryFillers } from '../../../src/session/memory-fillers.js';
import { FakeProc } from '../host/fake-proc.js';

const proc = new FakeProc();
const records: FaultscopeRecord[] = [];
const fillers = new MemoryFillers(
  (record) => records.push(record),
  () => 5_000_000_000n,
  proc.root,
);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  fillers.stop();
  vi.useRealTimers();
  proc.remove();
});

/** Resident pages that are not shared. */
function anonymousPages(pid: number, pages: number): void {
  writeFileSync(join(proc.root, `${pid}/statm`), `9000 ${pages + 10} 10 1 0 1 0\n`);
}

const names = (): (string | undefined)[] => records.flatMap((one) => (one.kind === 'actor' ? [one.comm] : []));

test('who fills anonymous memory is told once, and again when it runs another program', () => {
  proc.process(700, { comm: 'bash' });
  anonymousPages(700, 0);
  fillers.start();
  for (const [comm, pages] of [
    ['bash', 1000],
    ['bash', 2000],
    ['python3', 3000],
  ] as const) {
    proc.updateProcess(700, { comm });
    anonymousPages(700, pages);
    vi.advanceTimersByTime(2000);
  }
  expect(names()).toEqual(['bash', 'python3']);
  const bytes = records.flatMap((one) => (one.kind === 'fill' ? [one.bytes] : []));
  expect(bytes).toEqual([1000, 2000, 3000].map((pages) => pages * 4096));
});
