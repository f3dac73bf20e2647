import type { StackRecord, StackTotalRecord, SymbolRecord } from '../record/stacks.js';
import type { StacksView } from './stacks-view.js';

/** Keeps account of stacks (bpf/stacks.bt). */
export class Stacks {
  applyState(_running: boolean): void {}

  apply(_record: StackRecord | StackTotalRecord | SymbolRecord): void {}

  view(): StacksView | null {
    return null;
  }
}
