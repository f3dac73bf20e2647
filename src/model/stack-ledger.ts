import type { ThreadRef } from '../record/record.js';
import type { StackRecord, StackTotalRecord } from '../record/stacks.js';
import type { TimePart } from './cause.js';
import type { StackFrames } from './stack-frames.js';
import type { StackSums, StackView } from './stacks-view.js';

/** Stacks told apart; of programs with more, those that cost most stay. */
export const MAX_STACKS = 20_000;

interface Sum {
  count: number;
  totalNs: number;
}

/** What one stack of one thread has cost. */
interface Account extends Sum {
  /** Null for the sum of many threads. */
  readonly thread: ThreadRef | null;
  readonly code: number;
  readonly frames: readonly number[];
  readonly hasStack: boolean;
  /** What it has been folded into, where what comes on is counted anew. */
  foldedInto: Account | null;
  view: StackView | null;
}

/** The latest reading of a cell of the kernel's, and where its changes go. */
interface Cell extends Sum {
  account: Account;
  /** StackFrames.version when the account was found. */
  version: number;
}

/** What a snapshot knows about stacks that the ledger does not. */
export interface StackWords {
  readonly nameOf: (tid: number, generation: number) => string | null;
  readonly partOf: (code: number, frames: readonly number[]) => TimePart;
}

/**
 * Adds up the cells of faults, or of off-CPU time. The script's cells are cumulative since it was attached; what was
 * counted before it was started anew stays.
 */
export class StackLedger {
  readonly #frames: StackFrames;
  /** By StackRecord.cell. */
  readonly #cells = new Map<bigint, Cell>();
  readonly #accounts = new Map<string, Account>();
  /** Since the script was attached: what cells brought, and the total. */
  #kept = noSum();
  #told = noSum();
  /** What had no cell when the script began anew. */
  readonly #lostBefore = noSum();

  constructor(frames: StackFrames) {
    this.#frames = frames;
  }

  /** The script begins anew. */
  restart(): void {
    add(this.#lostBefore, this.#lost());
    this.#kept = noSum();
    this.#told = noSum();
    this.#cells.clear();
  }

  applyTotal({ count, totalNs }: StackTotalRecord): void {
    this.#told = { count, totalNs };
  }

  apply(record: StackRecord): void {
    let cell = this.#cells.get(record.cell);
    if (cell === undefined) {
      cell = { count: 0, totalNs: 0, account: this.#accountFor(record), version: this.#frames.version };
      this.#cells.set(record.cell, cell);
    }
    const { count, totalNs } = cell;
    const fallen = { count: Math.min(0, record.count - count), totalNs: Math.min(0, record.totalNs - totalNs) };
    const grown = { count: Math.max(0, record.count - count), totalNs: Math.max(0, record.totalNs - totalNs) };
    // A wait that went on counts elsewhere once a major fault has ended it: what it was counted for here falls.
    this.#move(cell.account, fallen);
    if (cell.version !== this.#frames.version || cell.account.foldedInto !== null) {
      cell.account = this.#accountFor(record);
      cell.version = this.#frames.version;
    }
    this.#move(cell.account, grown);
    cell.count = record.count;
    cell.totalNs = record.totalNs;
  }

  view(words: StackWords): StackSums {
    const counted = [...this.#accounts.values()].filter(({ count, totalNs }) => count > 0 || totalNs > 0);
    const stacks = counted.map((account) => viewOf(account, words));
    const lost = { ...this.#lostBefore };
    add(lost, this.#lost());
    if (lost.count > 0) stacks.push({ ...NOBODY, frames: [this.#frames.noStack], ...lost });
    stacks.sort((a, b) => b.totalNs - a.totalNs || b.count - a.count);
    const all = noSum();
    for (const stack of stacks) add(all, stack);
    let withoutStack = lost.count;
    for (const { hasStack, count } of counted) if (!hasStack) withoutStack += count;
    return { ...all, withoutStack, stacks };
  }

  /** What {@link StackWords.partOf} says may have changed. */
  reword(): void {
    for (const account of this.#accounts.values()) account.view = null;
  }

  /** Nothing falls below zero: some of what a cell was counted for may have gone to an account of another name. */
  #move(of: Account, { count, totalNs }: Readonly<Sum>): void {
    let account = of;
    while (account.foldedInto !== null) account = account.foldedInto;
    const change = { count: Math.max(count, -account.count), totalNs: Math.max(totalNs, -account.totalNs) };
    add(account, change);
    add(this.#kept, change);
    account.view = null;
  }

  /** Events of this attachment without a cell. */
  #lost(): Sum {
    const count = Math.max(0, this.#told.count - this.#kept.count);
    return { count, totalNs: count === 0 ? 0 : Math.max(0, this.#told.totalNs - this.#kept.totalNs) };
  }

  /** Outermost first, user before kernel. Addresses of one function are one frame, so that cells may share an account. */
  #accountFor({ tid, generation, code, user, kernel }: StackRecord): Account {
    const hasStack = user.length > 0;
    const frames = hasStack ? [] : [this.#frames.noStack];
    for (let at = user.length - 1; at >= 0; at -= 1) frames.push(this.#frames.placeAt(user[at] ?? 0n, 'user'));
    for (let at = kernel.length - 1; at >= 0; at -= 1) frames.push(this.#frames.placeAt(kernel[at] ?? 0n, 'kernel'));
    return this.#account({ thread: tid === 0 ? null : { tid, generation }, code, frames, hasStack });
  }

  #account({ thread, code, frames, hasStack }: Pick<Account, 'thread' | 'code' | 'frames' | 'hasStack'>): Account {
    const whose = thread === null ? '' : `${thread.tid}.${thread.generation}`;
    const key = [whose, code, packed(frames)].join('.');
    let account = this.#accounts.get(key);
    if (account === undefined) {
      if (this.#accounts.size >= MAX_STACKS) this.#fold();
      account = { count: 0, totalNs: 0, thread, code, frames, hasStack, foldedInto: null, view: null };
      this.#accounts.set(key, account);
    }
    return account;
  }

  /** The half that costs least becomes one row a thread and kind of wait; of such rows the least become one of no thread. */
  #fold(): void {
    const accounts = [...this.#accounts];
    const all = noSum();
    for (const [, account] of accounts) add(all, account);
    // By time alone, faults that never sleep would all go.
    const weight = ({ count, totalNs }: Sum) => count / Math.max(1, all.count) + totalNs / Math.max(1, all.totalNs);
    accounts.sort(([, a], [, b]) => weight(a) - weight(b));
    const isRest = ({ frames }: Account) => frames[0] === this.#frames.otherStacks;
    // What is of no thread and no stack any more has nowhere to go: a row a kind of wait.
    const least = accounts.slice(0, MAX_STACKS / 2).filter(([, one]) => one.thread !== null || !isRest(one));
    for (const [key] of least) this.#accounts.delete(key);
    for (const [, account] of least) {
      const rest = this.#account({
        thread: isRest(account) ? null : account.thread,
        code: account.code,
        frames: [this.#frames.otherStacks],
        hasStack: true,
      });
      add(rest, account);
      rest.view = null;
      account.foldedInto = rest;
    }
  }
}

const NOBODY = { tid: null, threadName: null, part: null } as const;

function viewOf(account: Account, { nameOf, partOf }: StackWords): StackView {
  const { thread, code, frames, count, totalNs, view } = account;
  const threadName = thread === null ? null : nameOf(thread.tid, thread.generation);
  if (view !== null && view.threadName === threadName) return view;
  account.view = { tid: thread?.tid ?? null, threadName, part: partOf(code, frames), frames, count, totalNs };
  return account.view;
}

/** A list of whole numbers below 2^32 as a short string that no other list has. */
function packed(numbers: readonly number[]): string {
  const units: number[] = [];
  for (const number of numbers) units.push(number >>> 16, number & 0xffff);
  return String.fromCharCode(...units);
}

function noSum(): Sum {
  return { count: 0, totalNs: 0 };
}

function add(into: Sum, { count, totalNs }: Readonly<Sum>): void {
  into.count += count;
  into.totalNs += totalNs;
}
