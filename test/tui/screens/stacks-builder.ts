import type { Snapshot } from '../../../src/model/snapshot.js';
import type { StacksView } from '../../../src/model/stacks-view.js';
import { type FoldedStack, stacksView } from '../../support/stacks.js';
import { snapshot } from './snapshot-builder.js';

const FAULT = 'asm_exc_page_fault_[k];handle_mm_fault_[k];filemap_fault_[k]';
const SERVE = 'runtime.goexit;net/http.(*conn).serve;main.(*Server).handle';
const RUNTIME = 'runtime.goexit;runtime.main;main.main';

const FAULTS: readonly FoldedStack[] = [
  { line: `${SERVE};example.com/store/index.(*Index).lookup;${FAULT}`, count: 61_000, totalNs: 52.4e9 },
  { line: `${SERVE};example.com/store/index.(*Index).scan;${FAULT}`, count: 30_100, totalNs: 26.1e9, tid: 4713 },
  { line: `${SERVE};encoding/json.Unmarshal;${FAULT}`, count: 9200, totalNs: 7.9e9, tid: 4713 },
  { line: `${RUNTIME};main.warm;libzstd.so.1+0x1f40;${FAULT}`, count: 5300, totalNs: 4.8e9, tid: 4714 },
  { line: `${RUNTIME};main.open`, count: 900, totalNs: 0.9e9, tid: 4714 },
  { line: '[other stacks]', count: 3100, totalNs: 2.7e9 },
  { line: '[no stack]', count: 1100, totalNs: 0.9e9, tid: null, threadName: null, part: null },
];

const WAITS: readonly FoldedStack[] = [
  { line: `${SERVE};example.com/store/index.(*Index).lookup;${FAULT}`, count: 61_000, totalNs: 52.4e9 },
  {
    line: `${SERVE};syscall.Pread;do_syscall_64_[k];ext4_file_read_iter_[k]`,
    part: 'disk',
    count: 700,
    totalNs: 1.2e9,
  },
  { line: 'runtime.mstart;runtime.findRunnable;runtime.futex', part: 'parked', count: 9000, totalNs: 41.4e9 },
  { line: 'runtime.mstart;runtime.lock2;runtime.futex', part: 'lock', count: 400, totalNs: 0.4e9 },
];

/** Stacks of a Go server that looks things up in a cold file. */
export function serverStacks(): StacksView {
  return stacksView(FAULTS, WAITS);
}

/** The program of the other screens, with its stacks. */
export function stacksSnapshot(stacks: StacksView = serverStacks()): Snapshot {
  const base = snapshot();
  const running = { set: 'stacks', state: 'running', variant: null, detail: null } as const;
  return { ...base, stacks, probes: [...base.probes, running] };
}
