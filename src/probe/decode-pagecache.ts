import type { FileKey } from '../record/files.js';
import type { ActorRecord, ActorRef, FillRecord, PageSamplingRecord, SingleCauseRecord } from '../record/page-cache.js';
import type { FaultscopeRecord, LossRecord } from '../record/record.js';
import { type ChangedRow, DumpDecoder } from './dump-decoder.js';
import { tupleFields } from './map-line.js';
import { CauseCells, causeOf, evictionOf, unpackWhat } from './pagecache-causes.js';
import { EvictionCells } from './pagecache-evictions.js';
import { SequenceCheck } from './sequence.js';

const MAPS = { slot: 'rows', ev: 'cells', f0: 'count', f1: 'count', c: 'cells', q: 'count', lost: 'count' } as const;

/** Single faults of files that no dump has told yet; they come a few tens a second, and a dump every second. */
const HELD_SINGLES = 1000;

/** Processes whose bytes are remembered: as many as one of the script's maps has room for. */
const KEPT_FILLS = 2 ** 16;

const NO_FILE: FileKey = { device: 0, inode: 0n };
const PF_KTHREAD = 0x0020_0000;

/** Turns the lines of bpf/pagecache.bt into records. Cells of the script are of one CPU each; records are of all CPUs. */
export class PageCacheDecoder extends DumpDecoder<typeof MAPS> {
  readonly #sequence = new SequenceCheck();
  readonly #files = new Map<number, FileKey>([[0, NO_FILE]]);
  readonly #evictions = new EvictionCells();
  readonly #causes = new CauseCells();
  /** Bytes by who, over all epochs; those who have filled nothing for longest are forgotten, and count anew. */
  readonly #fills = new Map<string, number>();
  readonly #changedFills = new Set<string>();
  #singles: { readonly slot: number; readonly record: Omit<SingleCauseRecord, keyof FileKey> }[] = [];
  #epoch = 0;
  /** Null before the first dump. */
  #level: number | null = null;
  #toldSampling = '';
  #forgotten = 0;

  constructor() {
    super('pagecache', MAPS);
  }

  override ends(): void {
    this.#causes.ends();
  }

  protected override printed(line: string): FaultscopeRecord[] | undefined {
    const [letter = '', ...fields] = line.split(' ');
    if (fields.length !== FIELDS[letter] || !fields.every((field) => DECIMAL.test(field))) return undefined;
    const [first = '0', second = '0', third = '0', fourth = '0'] = fields;
    switch (letter) {
      case 'P':
        return this.#actor(fields);
      case 'R':
        return this.#single(fields);
      case 'A':
        this.attached(BigInt(first));
        return second === '1' ? [] : [this.loss('registers', 1)];
      case 'D':
        this.#begins(Number(third), Number(fourth));
        return this.beginDump(BigInt(second));
      case 'E':
        return this.endDump();
      case 'Z':
        this.nowNs = BigInt(first);
        return [];
      default:
        return undefined;
    }
  }

  protected override changed({ map, key, value, before }: ChangedRow<typeof MAPS>): FaultscopeRecord[] | undefined {
    switch (map) {
      case 'slot':
        return this.#file(key, value);
      case 'ev':
        return this.#evictions.changed(key, value, before) ? [] : undefined;
      case 'c':
        return this.#causes.changed(key, value, before, this.nowNs) ? [] : undefined;
      case 'f0':
      case 'f1':
        this.#filled(key, increase(value, before));
        return [];
      case 'q':
        this.#sequence.sent(Number(key), Number(value));
        return [];
      case 'lost':
        return this.#lost(Number(BigInt(key) & 0xffn), increase(value, before));
    }
  }

  /** Only at the end of a dump are the cells of all CPUs of one moment. */
  protected override dumped(last: boolean): FaultscopeRecord[] {
    const fills = Array.from(
      this.#changedFills,
      (who): FillRecord => ({
        kind: 'fill',
        actor: actorOf(BigInt(who)),
        source: 'page-cache',
        atNs: this.nowNs,
        bytes: this.#fills.get(who) ?? 0,
      }),
    );
    this.#changedFills.clear();
    const fileOf = (slot: number): FileKey | undefined => this.#files.get(slot);
    return [
      ...this.#samplingNews(),
      ...fills,
      ...this.#evictions.take(fileOf),
      ...this.#causes.take(fileOf, this.nowNs),
      ...this.#heldSingles(),
      ...this.#losses('events', this.#sequence.settle(this.nowNs, last)),
    ];
  }

  #filled(who: string, bytes: number): void {
    const before = this.#fills.get(who) ?? 0;
    this.#fills.delete(who);
    this.#fills.set(who, before + bytes);
    this.#changedFills.add(who);
    const [oldest] = this.#fills.keys();
    if (this.#fills.size > KEPT_FILLS && oldest !== undefined) this.#fills.delete(oldest);
  }

  /** The map of an epoch begins anew; it was cleared while the other one was in use. */
  #begins(epoch: number, level: number): void {
    if (epoch !== this.#epoch) this.forget(epoch % 2 === 0 ? 'f0' : 'f1');
    this.#epoch = epoch;
    this.#level = level;
  }

  #samplingNews(): PageSamplingRecord[] {
    if (this.#level === null) return [];
    const told = { level: this.#level, forgotten: this.#forgotten };
    const text = JSON.stringify(told);
    if (text === this.#toldSampling) return [];
    this.#toldSampling = text;
    return [{ kind: 'page-sampling', atNs: this.nowNs, ...told }];
  }

  #file(key: string, value: string): FaultscopeRecord[] | undefined {
    const [device, inode] = tupleFields(value, 2) ?? [];
    if (device === undefined || inode === undefined) return undefined;
    this.#files.set(Number(key), { device: Number(device), inode });
    return [];
  }

  /** What /proc says of it is for the session to find out. */
  #actor([cpu = '', sequence = '', at = '0', who = '0', flags = '0', ...comm]: string[]): FaultscopeRecord[] {
    this.nowNs = BigInt(at);
    const record: ActorRecord = {
      kind: 'actor',
      ...actorOf(BigInt(who)),
      atNs: BigInt(at),
      comm: textOf(comm),
      command: null,
      cgroup: null,
      kernelThread: (BigInt(flags) & BigInt(PF_KTHREAD)) !== 0n,
    };
    return [...this.#arrived(cpu, sequence), record];
  }

  #single([
    cpu = '',
    sequence = '',
    at = '0',
    tid = '',
    index = '0',
    packed = '0',
    who = '0',
    age = '0',
  ]: string[]): FaultscopeRecord[] {
    const lost = this.#arrived(cpu, sequence);
    this.nowNs = BigInt(at);
    const what = unpackWhat(BigInt(packed));
    const cause = causeOf(what.cause);
    if (cause === undefined) return lost;
    const eviction = cause === 'refault' ? evictionOf(what, BigInt(who), BigInt(at)) : null;
    const record = {
      kind: 'single-cause',
      atNs: BigInt(at),
      tid: Number(tid),
      index: BigInt(index),
      cause,
      eviction,
      ageNs: eviction === null ? null : Number(age),
    } as const;
    const file = this.#files.get(what.slot);
    if (file !== undefined) return [...lost, { ...record, ...file }];
    if (this.#singles.length < HELD_SINGLES) this.#singles.push({ slot: what.slot, record });
    return lost;
  }

  /** Of files that are known by now. */
  #heldSingles(): SingleCauseRecord[] {
    const held = this.#singles;
    this.#singles = [];
    return held.flatMap(({ slot, record }) => {
      const file = this.#files.get(slot);
      return file === undefined ? [] : [{ ...record, ...file }];
    });
  }

  #arrived(cpu: string, sequence: string): FaultscopeRecord[] {
    return this.#losses('events', this.#sequence.arrived(Number(cpu), Number(sequence)));
  }

  #lost(what: number, count: number): FaultscopeRecord[] | undefined {
    if (what === 0) return this.#losses('pages', count);
    if (what === 1) return this.#losses('causes', count);
    this.#forgotten += count;
    return what === 2 ? [] : undefined;
  }

  #losses(what: LossRecord['what'], count: number): FaultscopeRecord[] {
    return count > 0 ? [this.loss(what, count)] : [];
  }
}

/** How many fields follow each letter. */
const FIELDS: { readonly [letter: string]: number } = { A: 2, D: 4, E: 1, P: 7, R: 8, Z: 1 };
const DECIMAL = /^\d{1,20}$/;

function increase(value: string, before: string | undefined): number {
  return Math.max(0, Number(value) - Number(before ?? 0));
}

function actorOf(who: bigint): ActorRef {
  return { pid: Number(who >> 14n), generation: Number(who & 0x3fffn) };
}

/** The bytes of task->comm, as two numbers, up to the first 0. */
function textOf(words: readonly string[]): string {
  const bytes = Buffer.alloc(words.length * 8);
  words.forEach((word, i) => {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(word)), i * 8);
  });
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
