import type { FaultscopeRecord } from '../../src/record/record.js';
import type { Dice } from './dice.js';
import { bucketOf, cellKey, KernelMap, tuple } from './kernel-map.js';
import type { Truth } from './truth.js';

export const SECOND = 1_000_000_000;
const RATION = 30;
/** A minute in which nothing runs, half an hour after the begin. */
export const LONG_STALL = { fromNs: 1800 * SECOND, toNs: 1860 * SECOND };
const EXCEPTION = 0x3ff;
const code = (state: number, nr: number, rest = 0): number => rest | (nr << 4) | state;
const FAULT = code(2, EXCEPTION, 4);
/** A fault that has not ended is not known to be major yet. */
const OPEN_FAULT = code(2, EXCEPTION);
const LATENCY = code(0, EXCEPTION, 2 << 14);
const END = code(0, EXCEPTION, 5 << 14);
/** futex as locks and as condition variables use it, epoll_wait, nanosleep, recvfrom, pread64, fsync, a minor fault's wait. */
const WAITS = [code(1, 202), code(1, 202, 1 << 14), code(1, 232), code(1, 35), code(1, 45), code(2, 17), code(2, 74)];

export interface SimThread {
  readonly tid: number;
  readonly startTicks: number;
  readonly generation: number;
  readonly born: boolean;
  readonly beganNs: number;
  readonly name: string;
  /** When it ends; infinite for those that stay. */
  readonly endsNs: number;
  /** Its last switch-out. */
  atNs: number;
  onCpuNs: number;
  runQueueNs: number;
  code: number;
  majorFaults: number;
  hasSwitched: boolean;
  isNamed: boolean;
}

/** A single fault, as the other scripts need it too. */
export interface SimFault {
  readonly thread: SimThread;
  readonly atNs: number;
  readonly ns: number;
}

export interface ThreadsOptions {
  readonly threads: number;
  /** Of them, those that live for a few seconds and are then replaced. */
  readonly churning: number;
  readonly changing: number;
  readonly mapKeys: number;
  /** From one dump to the next. */
  readonly tickNs: number;
  readonly baseNs: bigint;
  /** One end of a thread in a thousand is lost. */
  readonly losing: boolean;
  /** Where a fault was, and whose. */
  readonly placeOf: (fault: SimFault) => FaultPlace;
}

export interface FaultPlace {
  readonly address: bigint;
  readonly device: number;
  readonly inode: bigint;
  readonly page: number;
  readonly goid: number;
  readonly startPc: bigint;
}

/** The threads of the target and bpf/threads.bt watching them: what the script prints a second, and what /proc says. */
export class ThreadsScript {
  readonly #options: ThreadsOptions;
  readonly #dice: Dice;
  readonly #truth: Truth;
  readonly threads = new Map<number, SimThread>();
  readonly #cells: readonly [KernelMap, KernelMap];
  readonly #files: KernelMap;
  readonly #goroutines: KernelMap;
  #epoch = 0;
  #sequence = 0;
  #nextTid = 100;
  #dumps = 0;
  #stalls = 0;
  #levelNs = [0, 0, 0];
  readonly #gone: SimThread[] = [];
  /** Since the last dump. */
  readonly #ended: SimThread[] = [];
  /** Faults since the last dump. */
  faults: SimFault[] = [];

  constructor(options: ThreadsOptions, dice: Dice, truth: Truth) {
    this.#options = options;
    this.#dice = dice;
    this.#truth = truth;
    this.#cells = [new KernelMap(options.mapKeys), new KernelMap(options.mapKeys)];
    this.#files = new KernelMap(options.mapKeys);
    this.#goroutines = new KernelMap(options.mapKeys);
    for (let index = 0; index < options.threads - options.churning; index += 1) {
      this.#add({ beganNs: 0, endsNs: Number.POSITIVE_INFINITY, born: false, name: `worker-${index % 20}` });
    }
  }

  /** Numbers that other processes of the host take. */
  takePid(): number {
    this.#nextTid = 100 + ((this.#nextTid - 100 + 1 + this.#dice.below(3)) % 32_668);
    return this.threads.has(this.#nextTid) ? this.takePid() : this.#nextTid;
  }

  begin(): FaultscopeRecord[] {
    return [...this.threads.values()].flatMap((thread) => this.#reading(thread, 0, 'R'));
  }

  /** All that happens in the time up to `nowNs`, as the script prints it. */
  *tick(nowNs: number): Generator<string> {
    const { tickNs } = this.#options;
    this.faults = [];
    yield* this.#ends(nowNs);
    while (this.threads.size < this.#options.threads) {
      const lives = 1 + this.#dice.below(20);
      const beganNs = nowNs - tickNs + this.#dice.below(SECOND / 2);
      const name = `task-${this.#dice.below(50)}`;
      yield* this.#live(this.#add({ beganNs, endsNs: beganNs + lives * SECOND, born: true, name }), nowNs - 1);
    }
    const threads = [...this.threads.values()];
    for (let turn = 0; turn < this.#options.changing; turn += 1) yield* this.#live(this.#dice.of(threads), nowNs);
    // Begun and ended between two readings of /proc.
    const short = this.#add({ beganNs: nowNs - SECOND / 2, endsNs: nowNs, born: true, name: '' });
    yield* this.#live(short, nowNs - 1000);
    yield* this.#end(short, nowNs - 500);
    yield* this.#dump(nowNs);
  }

  /** What /proc says of the threads that changed, and of those that are new or gone. */
  readings(nowNs: number, all = false): FaultscopeRecord[] {
    const gone = this.#gone.splice(0).filter(({ isNamed }) => isNamed);
    return [
      ...gone.map(
        ({ tid, startTicks }): FaultscopeRecord => ({ kind: 'gone', atNs: this.#at(nowNs), tid, startTicks }),
      ),
      ...[...this.threads.values()]
        .filter(
          ({ atNs, isNamed, tid }) =>
            all || !isNamed || atNs > nowNs - this.#options.tickNs || tid % 16 === this.#dumps % 16,
        )
        .flatMap((thread) => this.#reading(thread, nowNs, 'S')),
    ];
  }

  /** Adds what living threads are in the middle of. */
  closeTruth(nowNs: number): void {
    for (const { atNs, code: open, hasSwitched } of this.threads.values()) {
      if (hasSwitched) this.#truth.openWait(open, nowNs - atNs);
    }
  }

  #add(of: Pick<SimThread, 'beganNs' | 'endsNs' | 'born' | 'name'>): SimThread {
    const tid = this.takePid();
    const startTicks = Math.floor(Number(this.#at(of.beganNs) / 10_000_000n));
    const fresh = { atNs: of.beganNs, onCpuNs: 0, runQueueNs: 0, code: 0, majorFaults: 0 };
    const rest = { tid, startTicks, generation: startTicks & 0x3fff, hasSwitched: false, isNamed: false };
    const thread: SimThread = { ...of, ...fresh, ...rest };
    this.threads.set(tid, thread);
    return thread;
  }

  *#ends(nowNs: number): Generator<string> {
    for (const thread of this.threads.values()) {
      if (thread.endsNs > nowNs - SECOND) continue;
      const endNs = nowNs - this.#options.tickNs / 2;
      yield* this.#live(thread, endNs - 1000);
      yield* this.#end(thread, endNs);
    }
  }

  *#end(thread: SimThread, atNs: number): Generator<string> {
    yield* this.#switchOut(thread, { atNs, code: 0, onCpuNs: 100, runQueueNs: 0, last: true });
    this.threads.delete(thread.tid);
    this.#gone.push(thread);
    this.#truth.threadsEnded += 1;
  }

  /** It has waited up to now, then runs, waits, runs, and waits again. */
  *#live(thread: SimThread, nowNs: number): Generator<string> {
    const span = nowNs - thread.atNs;
    const waits = 3;
    if (span < 1_000_000) return;
    const each = Math.floor(Math.min(span, SECOND) / (waits + 1));
    for (let left = waits; left > 0; left -= 1) {
      const atNs = nowNs - left * each + this.#dice.below(Math.floor(each / 2));
      const runs = Math.min(atNs - thread.atNs - 2, 20_000 + this.#dice.below(2_000_000));
      if (runs <= 0) continue;
      const faults = this.#dice.oneIn(3);
      yield* this.#switchOut(thread, {
        atNs,
        code: faults ? OPEN_FAULT : this.#dice.of(WAITS),
        onCpuNs: Math.ceil(runs * 0.8),
        runQueueNs: Math.floor(runs * 0.2),
        last: false,
      });
    }
  }

  *#switchOut(
    thread: SimThread,
    to: { atNs: number; code: number; onCpuNs: number; runQueueNs: number; last: boolean },
  ): Generator<string> {
    const { atNs, code: next, onCpuNs, runQueueNs, last } = to;
    const waited = atNs - thread.atNs - onCpuNs - runQueueNs;
    this.#truth.add('runQueue', runQueueNs);
    // Until its first switch-out a thread has only run.
    const ran = thread.hasSwitched ? onCpuNs : onCpuNs + waited;
    this.#truth.add('onCpu', ran);
    thread.onCpuNs += ran;
    if (thread.hasSwitched) this.#wait(thread, atNs - onCpuNs - runQueueNs, waited);
    thread.runQueueNs += runQueueNs;
    thread.atNs = atNs;
    thread.code = next;
    const first = !thread.hasSwitched;
    thread.hasSwitched = true;
    if (first && !thread.born) yield this.#firstSwitch(thread);
    if (last && !(this.#options.losing && this.#dice.oneIn(1000))) this.#ended.push(thread);
  }

  #wait(thread: SimThread, endNs: number, ns: number): void {
    const ended = thread.code === OPEN_FAULT ? FAULT : thread.code;
    this.#truth.wait(ended, ns);
    this.#cell(thread, ended, ns);
    if (ended !== FAULT) return;
    this.#cell(thread, LATENCY, ns);
    this.#truth.majorFaults += 1n;
    thread.majorFaults += 1;
    this.faults.push({ thread, atNs: endNs, ns });
  }

  #cell({ tid, generation }: SimThread, of: number, ns: number): void {
    this.#inUse.add(cellKey(tid, generation, of, bucketOf(ns)), ns);
  }

  get #inUse(): KernelMap {
    return this.#cells[this.#epoch % 2 === 0 ? 0 : 1];
  }

  #firstSwitch(thread: SimThread): string {
    this.#sequence += 1;
    const { tid, onCpuNs, runQueueNs, majorFaults } = thread;
    return `N 0 ${this.#sequence} ${tid} ${this.#at(thread.atNs)} ${onCpuNs} ${runQueueNs} ${meta(thread)} ${this.#at(thread.beganNs)} ${majorFaults}`;
  }

  *#dump(nowNs: number): Generator<string> {
    this.#dumps += 1;
    yield `D ${this.#dumps} ${this.#at(nowNs)} ${this.#epoch}`;
    yield* this.#singleFaults();
    yield* this.#cells[0].print(tuple('h0'));
    yield* this.#cells[1].print(tuple('h1'));
    for (const thread of this.#ended.splice(0)) yield* this.#tellEnd(thread);
    for (const thread of this.threads.values()) {
      // The others would say what they said before.
      if (!thread.hasSwitched || thread.atNs <= nowNs - this.#options.tickNs) continue;
      yield `@s[${thread.tid}]: (${this.#at(thread.atNs)}, ${thread.onCpuNs}, ${thread.runQueueNs}, ${meta(thread)}, ${this.#at(thread.beganNs)}, 0)`;
    }
    yield `@q[0]: ${this.#sequence}`;
    yield* this.#levels(nowNs);
    yield* this.#goroutines.print(tuple('g'));
    yield* this.#files.print(
      (key, [count, total]) =>
        `@fl[${key}]: { .count = ${count}, .average = ${Math.floor(total / count)}, .total = ${total} }`,
    );
    yield `E ${this.#dumps}`;
    if (this.#inUse.size <= this.#options.mapKeys * 0.75) return;
    this.#epoch += 1;
    this.#inUse.clear();
  }

  *#tellEnd({ tid, generation, atNs, beganNs, onCpuNs, runQueueNs, majorFaults, born }: SimThread): Generator<string> {
    const half = (which: number): string => `@h${this.#epoch % 2}[${cellKey(tid, generation, END, which)}]`;
    yield `${half(0)}: (${this.#at(atNs)}, ${onCpuNs}, ${runQueueNs})`;
    yield `${half(1)}: (${this.#at(atNs)}, ${this.#at(beganNs)}, ${majorFaults * 16 + (born ? 8 : 0)})`;
  }

  /** Every fault is counted; of forty or so a second that there are, as many are told one by one as the ration lets through. */
  *#singleFaults(): Generator<string> {
    for (const [index, fault] of this.faults.entries()) {
      const { address, device, inode, page, goid, startPc } = this.#options.placeOf(fault);
      this.#files.add(`${device * 4}, ${inode}`, fault.ns);
      this.#goroutines.add(String((startPc << 1n) | 1n), fault.ns);
      if (index >= RATION) continue;
      this.#sequence += 1;
      const { tid, generation } = fault.thread;
      const weight = Math.max(1, Math.round(this.faults.length / RATION));
      yield `F 0 ${this.#sequence} ${this.#at(fault.atNs)} ${tid} ${generation} ${address.toString(16)} 401000 ${fault.ns} ${weight} ${goid} 2 ${startPc.toString(16)} ${device} ${inode} ${page}`;
    }
  }

  /** The capacity is 2: a full stall now and then, and one of half a minute each day. */
  *#levels(nowNs: number): Generator<string> {
    const { tickNs } = this.#options;
    const isLong = nowNs > LONG_STALL.fromNs && nowNs <= LONG_STALL.toNs;
    const shares = isLong || this.#dumps % 97 === 0 ? [0, 0, 0.999] : [0.9, 0.099, 0];
    for (const [level, share] of shares.entries()) {
      this.#levelNs[level] = (this.#levelNs[level] ?? 0) + share * tickNs;
      yield `@v[${(2 << 16) | level}]: ${this.#levelNs[level]}`;
    }
    const ends = nowNs === LONG_STALL.toNs || this.#dumps % 97 === 1;
    if (ends) this.#stalls += 1;
    yield `@gap[0]: (${this.#dumps * 1000}, 0, 1100000, ${this.#stalls})`;
    if (!ends) return;
    const from = nowNs === LONG_STALL.toNs ? LONG_STALL.fromNs : nowNs - SECOND;
    yield `@c[${this.#stalls & 1023}]: (${this.#stalls - 1}, ${this.#at(from)}, ${this.#at(nowNs)}, ${(2 << 16) | 3}, ${this.#stalls})`;
  }

  #reading(thread: SimThread, nowNs: number, state: string): FaultscopeRecord[] {
    const { tid, startTicks, name, onCpuNs, runQueueNs, majorFaults } = thread;
    const atNs = this.#at(nowNs);
    const named: FaultscopeRecord[] = thread.isNamed ? [] : [{ kind: 'thread', atNs, tid, startTicks, name }];
    thread.isNamed = true;
    return [
      ...named,
      {
        kind: 'sample',
        atNs,
        tid,
        startTicks,
        onCpuNs: BigInt(onCpuNs),
        runQueueNs: BigInt(runQueueNs),
        state,
        majorFaults,
        minorFaults: 0,
      },
    ];
  }

  #at(ns: number): bigint {
    return this.#options.baseNs + BigInt(ns);
  }
}

function meta({ generation, code: of, born }: SimThread): bigint {
  return (BigInt(generation) << 40n) | BigInt(of | (born ? 8 : 0));
}
