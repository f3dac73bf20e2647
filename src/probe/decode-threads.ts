import type { FilePage } from '../record/files.js';
import type { FaultscopeRecord, GoroutineRef, LossRecord, SwitchRecord, ThreadRef } from '../record/record.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { FileFaultsReader } from './file-faults.js';
import { tupleFields } from './map-line.js';
import { THREAD_END, unpackCellKey, unpackGoroutineKey, unpackLevelKey, unpackMeta } from './pack.js';
import { SequenceCheck } from './sequence.js';
import { ThreadEnds } from './thread-ends.js';

const MAPS = {
  h0: 'cells',
  h1: 'cells',
  s: 'threads',
  v: 'count',
  gap: 'rows',
  c: 'rows',
  g: 'rows',
  fl: 'pairs',
  lost: 'count',
  q: 'count',
} as const;

const CELL_MAPS = ['h0', 'h1'] as const;

/** Turns the lines of bpf/threads.bt into records. */
export class ThreadsDecoder extends DumpDecoder<typeof MAPS> {
  readonly #sequence = new SequenceCheck();
  readonly #files = new FileFaultsReader();
  readonly #ends = new ThreadEnds();
  readonly #firstSwitches: SwitchRecord[] = [];
  /** Cells as they were when another thread began under the name of theirs. */
  readonly #former = { h0: new Map<string, readonly bigint[]>(), h1: new Map<string, readonly bigint[]>() };
  #epoch = 0;
  /** Threads that have a row, and those of them that this dump has had. */
  #rows = new Set<string>();
  #present = new Set<string>();
  readonly #stalls = { all: 0, arrived: 0, lost: 0, inThisDump: false };

  constructor() {
    super('threads', MAPS);
  }

  override ends(): void {
    this.#files.ends();
  }

  override line(line: string): FaultscopeRecord[] {
    // Deleting a row is no news of the map: who is missing has gone.
    if (line.startsWith('@s[')) this.#present.add(line.slice(3, line.indexOf(']')));
    return super.line(line);
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const [letter = '', ...fields] = line.split(' ');
    const size = FIELDS[letter];
    if (size === undefined || fields.length !== size) return undefined;
    if (!fields.every((field, at) => (letter === 'F' && IN_HEX.has(at) ? HEX : DECIMAL).test(field))) return undefined;
    switch (letter) {
      case 'F':
        return this.#fault(fields);
      case 'P':
        return this.#stallMember(fields);
      case 'N':
        return this.#firstSwitch(fields);
      case 'X':
        return this.#lastSwitch(fields);
      case 'A':
        return this.#attach(fields);
      case 'D':
        return this.#openDump(fields);
      case 'E':
        return this.endDump();
      case 'Z':
        return this.#end(fields);
      default:
        return undefined;
    }
  }

  #attach([now = '0', layoutIsRight]: string[]): FaultscopeRecord[] {
    this.attached(BigInt(now));
    return layoutIsRight === '0' ? [this.loss('registers', 1)] : [];
  }

  protected override dumped(last: boolean): FaultscopeRecord[] {
    this.#forgetGone();
    this.#ends.forgetOld(this.nowNs);
    return [
      ...this.#losses(this.#sequence.settle(this.nowNs, last)),
      ...this.#stallsLost(),
      ...this.#counted('files', this.#files.lost()),
    ];
  }

  /** Where the end of a thread was lost on its way, its row is all that would tell of it. */
  #forgetGone(): void {
    for (const tid of this.#rows) if (!this.#present.has(tid)) this.forget('s', tid);
    this.#rows = this.#present;
    this.#present = new Set();
  }

  #openDump([, now = '0', epoch = '0']: string[]): FaultscopeRecord[] {
    this.#enterEpoch(Number(epoch));
    return [...this.#begins(), ...this.beginDump(BigInt(now))];
  }

  /** What bpftrace prints at its end is told by no dump's frame, and completes one that was cut short. */
  #end([now = '0', epoch = '0']: string[]): FaultscopeRecord[] {
    this.nowNs = BigInt(now);
    this.#enterEpoch(Number(epoch));
    return this.#begins();
  }

  /** Lines of different CPUs may change places: an older epoch comes from a dump that is already out of date. */
  #enterEpoch(epoch: number): void {
    if (epoch <= this.#epoch) return;
    // Writing has moved to the other map, which starts empty.
    this.#epoch = epoch;
    const map = epoch % 2 === 0 ? 'h0' : 'h1';
    this.forget(map);
    this.#former[map].clear();
  }

  #fault(fields: string[]): FaultscopeRecord[] {
    const [
      cpu = '',
      seq = '',
      at = '0',
      tid = '',
      generation = '',
      address = '0',
      ip = '0',
      latency = '0',
      weight = '',
      goid = '0',
      status = '0',
      start = '0',
      device = '0',
      inode = '0',
      index = '0',
    ] = fields;
    this.nowNs = BigInt(at);
    const latencyNs = Number(latency);
    return [
      ...this.#losses(this.#sequence.arrived(Number(cpu), Number(seq))),
      {
        kind: 'fault',
        atNs: BigInt(at),
        tid: Number(tid),
        generation: Number(generation),
        address: BigInt(`0x${address}`),
        instruction: BigInt(`0x${ip}`),
        latencyNs: latencyNs === 0 ? null : latencyNs,
        weight: Number(weight),
        page: pageOf(device, inode, index),
        goroutine: goroutineOf(goid, status, start),
      },
    ];
  }

  #stallMember([cpu, seq, ...fields]: string[]): FaultscopeRecord[] {
    const [tid = 0, generation = 0, after = 0, upTo = 0] = fields.map(Number);
    return [
      ...this.#losses(this.#sequence.arrived(Number(cpu), Number(seq))),
      { kind: 'stall-member', tid, generation, after, upTo },
    ];
  }

  /** Told with the next dump: the end of another thread of that name, which was before, may still come from another CPU. */
  #firstSwitch(fields: string[]): FaultscopeRecord[] {
    const { record, losses } = this.#switchOut(fields, 'first');
    this.#firstSwitches.push(record);
    return losses;
  }

  #begins(): FaultscopeRecord[] {
    for (const record of this.#firstSwitches) if (this.#ends.isAnother(record)) this.#beginAnew(record);
    return this.#firstSwitches.splice(0);
  }

  #lastSwitch(fields: string[]): FaultscopeRecord[] {
    const { record, losses } = this.#switchOut(fields, 'last');
    this.forget('s', String(record.tid));
    return this.#ends.isNew(record) ? [...losses, record] : losses;
  }

  #switchOut(fields: string[], event: 'first' | 'last'): { record: SwitchRecord; losses: FaultscopeRecord[] } {
    const [cpu = '', seq = '', tid = '', at = '0', onCpu = '0', runQueue = '0', meta = '0', base = '0', faults = ''] =
      fields;
    this.nowNs = BigInt(at);
    const row = [at, onCpu, runQueue, meta, base].map(BigInt);
    const losses = this.#losses(this.#sequence.arrived(Number(cpu), Number(seq)));
    return { record: switchRecord(event, Number(tid), row, Number(faults)), losses };
  }

  /**
   * execve(2) in a thread beside the first: what the kernel has counted under its new name so far is the former one's. (What
   * that one did after the last dump is told as the new one's.)
   */
  #beginAnew({ tid, generation }: ThreadRef): void {
    for (const map of CELL_MAPS) {
      for (const [key, value] of this.rowsOf(map)) {
        const cell = unpackCellKey(BigInt(key));
        if (cell.tid !== tid || cell.generation !== generation) continue;
        this.#former[map].set(key, tupleFields(value, 3) ?? []);
      }
    }
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    switch (map) {
      case 'h0':
      case 'h1':
        return this.#cell(map, key, value, before);
      case 's':
        return this.#latest(key, value);
      case 'v':
        return [{ kind: 'level', ...unpackLevelKey(BigInt(key)), totalNs: Number(value) }];
      case 'gap':
        return this.#sampleGap(value);
      case 'c':
        return this.#stall(value);
      case 'g':
        return goroutineFaults(key, value);
      case 'fl':
        return this.#files.row(key, value);
      case 'q':
        this.#sequence.sent(Number(key), Number(value));
        return [];
      case 'lost':
        return this.#counted(LOST[Number(key)], Number(value) - Number(before ?? 0));
    }
  }

  #cell(map: 'h0' | 'h1', key: string, value: string, before: string | undefined): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 3);
    if (fields === undefined) return undefined;
    // The script's mark in a map in use.
    if (key === '0') return [];
    const cell = unpackCellKey(BigInt(key));
    if (cell.code === THREAD_END) return this.#halfAnEnd(BigInt(key), fields);
    const [count = 0n, total = 0n, max = 0n] = fields;
    const parity = map === 'h0' ? 0 : 1;
    const epoch = this.#epoch % 2 === parity ? this.#epoch : this.#epoch - 1;
    if (epoch < 0) return undefined;
    const [countBefore = 0n] = tupleFields(before ?? '', 3) ?? [];
    this.#files.counted(cell.code, Number(count - countBefore));
    const [formerCount = 0n, formerTotal = 0n] = this.#former[map].get(key) ?? [];
    return [
      {
        kind: 'wait',
        ...cell,
        epoch,
        count: Number(count - formerCount),
        totalNs: Number(total - formerTotal),
        maxNs: Number(max),
      },
    ];
  }

  #halfAnEnd(key: bigint, half: readonly bigint[]): FaultscopeRecord[] {
    const record = this.#ends.cell(key, half);
    if (record === undefined) return [];
    this.forget('s', String(record.tid));
    return [record];
  }

  #latest(key: string, value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 6);
    return fields === undefined ? undefined : [switchRecord('latest', Number(key), fields, null)];
  }

  /** Rows of the ring come in any order. */
  #stall(value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 5);
    if (fields === undefined) return undefined;
    const [, startNs = 0n, endNs = 0n, packed = 0n, number = 0n] = fields;
    if (endNs < startNs) return undefined;
    this.#stalls.arrived += 1;
    this.#stalls.inThisDump = true;
    const levels = unpackLevelKey(packed);
    const named = number === 0n ? null : Number(number);
    return [{ kind: 'stall', startNs, durationNs: Number(endNs - startNs), ...levels, number: named }];
  }

  #sampleGap(value: string): FaultscopeRecord[] | undefined {
    const fields = tupleFields(value, 4);
    if (fields === undefined) return undefined;
    const [samples = 0, late = 0, longestNs = 0, fullStalls = 0] = fields.map(Number);
    this.#stalls.all = fullStalls;
    return [{ kind: 'sample-gap', samples, late, longestNs, fullStalls }];
  }

  /** More full stalls between two dumps than the ring has room for. */
  #stallsLost(): FaultscopeRecord[] {
    const { all, arrived, lost, inThisDump } = this.#stalls;
    const missing = all - arrived - lost;
    this.#stalls.inThisDump = false;
    // The ring is printed after the number: it may have newer ones already, never fewer.
    if (!inThisDump || missing <= 0) return [];
    this.#stalls.lost += missing;
    return [this.loss('stalls', missing)];
  }

  #losses(count: number): FaultscopeRecord[] {
    return count > 0 ? [this.loss('events', count)] : [];
  }

  #counted(what: LossRecord['what'] | undefined, count: number): FaultscopeRecord[] {
    return what === undefined || count <= 0 ? [] : [this.loss(what, count)];
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 2, D: 3, E: 1, F: 15, N: 9, P: 6, X: 9, Z: 2 };
const HEX = /^[0-9a-f]{1,16}$/;
const DECIMAL = /^\d{1,20}$/;
/** Address and instruction of a fault, start of its goroutine. */
const IN_HEX: ReadonlySet<number> = new Set([5, 6, 11]);

/** Keys of @lost; 1, the nanoseconds of the waits counted under 0, is what the residue shows. */
const LOST: { readonly [key: number]: LossRecord['what'] } = {
  0: 'waits',
  2: 'switches',
  3: 'faults',
  4: 'goroutines',
  5: 'files',
};

/** Device 0 is none: file systems without a block device have one with a minor number. */
function pageOf(device: string, inode: string, index: string): FilePage | null {
  return device === '0' ? null : { device: Number(device), inode: BigInt(inode), index: BigInt(index) };
}

/** The scan bit of atomicstatus (_Gscan in runtime/runtime2.go) says nothing about what it does. */
const SCAN = 0x1000;

function goroutineOf(goid: string, status: string, start: string): GoroutineRef | null {
  if (goid === '0' && status === '0' && start === '0') return null;
  return { goid: BigInt(goid), status: Number(status) & ~SCAN, startPc: BigInt(`0x${start}`) };
}

function goroutineFaults(key: string, value: string): FaultscopeRecord[] | undefined {
  const fields = tupleFields(value, 3);
  if (fields === undefined) return undefined;
  const [count = 0, totalNs = 0, maxNs = 0] = fields.map(Number);
  return [{ kind: 'goroutine-faults', ...unpackGoroutineKey(BigInt(key)), count, totalNs, maxNs }];
}

function switchRecord(
  event: SwitchRecord['event'],
  tid: number,
  [atNs = 0n, onCpuNs = 0n, runQueueNs = 0n, meta = 0n, blockedBaseNs = 0n]: bigint[],
  majorFaults: number | null,
): SwitchRecord {
  const { generation, code, born } = unpackMeta(meta);
  return { kind: 'switch', event, tid, generation, atNs, onCpuNs, runQueueNs, code, blockedBaseNs, born, majorFaults };
}
