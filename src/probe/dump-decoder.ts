import type { FaultscopeRecord, LossRecord, ProbeSet } from '../record/record.js';
import { isIntegerKey, pairOf, parseMapLine } from './map-line.js';

/**
 * The maps a script prints. `count`: numbers by a number (a CPU, a kind of loss); `rows`: tuples by a number; `threads`:
 * rows by thread, where a time 0 in front says that it has ended, which is as good as no row; `cells`: tuples by a key
 * packed into 64 bits, which may come as a negative number; `pairs`: anything by a key of two parts.
 */
export type ScriptMaps = { readonly [map: string]: MapShape };

type MapShape = 'count' | 'rows' | 'threads' | 'cells' | 'pairs';

/** A row of a map that is not what it was at the last dump. */
export interface ChangedRow<Maps extends ScriptMaps> {
  readonly map: keyof Maps;
  readonly key: string;
  readonly value: string;
  /** Its value at the last dump, if it was there. */
  readonly before: string | undefined;
}

/**
 * What the decoders of all scripts share: a script first says that it attaches, then prints records and dumps its maps,
 * and no line of it may ever throw. A line that it cannot have printed is counted, never guessed at. Rows of maps that
 * have not changed since the last dump give no records.
 */
export abstract class DumpDecoder<Maps extends ScriptMaps = ScriptMaps> {
  readonly #set: ProbeSet;
  readonly #maps: Maps;
  /** What each map row said last, by map. */
  readonly #rows: ReadonlyMap<keyof Maps, Map<string, string>>;
  #attachedNs: bigint | null = null;
  #inDump = false;
  #dumps = 0;
  #garbage = 0;
  /** The time of the latest line that told it. */
  protected nowNs = 0n;

  constructor(set: ProbeSet, maps: Maps) {
    this.#set = set;
    this.#maps = maps;
    this.#rows = new Map(Object.keys(maps).map((map) => [map, new Map()]));
  }

  /** Whole dumps read so far. */
  get dumps(): number {
    return this.#dumps;
  }

  /** Between the first and the last line of a dump. */
  get inDump(): boolean {
    return this.#inDump;
  }

  /** The time of the latest line that told it. */
  get toldNs(): bigint {
    return this.nowNs;
  }

  /** When the script began to attach; null before its first line. */
  get attachedNs(): bigint | null {
    return this.#attachedNs;
  }

  /** From now on bpftrace detaches the script, probe after probe, and what is still attached goes on counting. */
  ends(): void {}

  /** Decodes one line; never throws. */
  line(line: string): FaultscopeRecord[] {
    if (line === '' || line.startsWith('Attach')) return [];
    return (line.startsWith('@') ? this.#mapRow(line) : this.printed(line)) ?? this.#unknown();
  }

  /** After the last line: the maps that bpftrace prints by itself at its end are a dump too. */
  finish(): FaultscopeRecord[] {
    return this.endDump(true);
  }

  protected endDump(last = false): FaultscopeRecord[] {
    this.#dumps += 1;
    const records = this.dumped(last);
    this.#inDump = false;
    if (this.#garbage > 0) records.push(this.loss('garbage', this.#garbage));
    this.#garbage = 0;
    return records;
  }

  /** At the first line of a dump: if the one before never ended, its rows may be of either. */
  protected beginDump(nowNs: bigint): FaultscopeRecord[] {
    this.nowNs = nowNs;
    const lost = this.#inDump;
    this.#inDump = true;
    return lost ? [this.loss('dump', 1)] : [];
  }

  #mapRow(line: string): FaultscopeRecord[] | undefined {
    const row = parseMapLine(line);
    const rows = row && this.#rows.get(row.map);
    if (row === undefined || rows === undefined) return undefined;
    const { map, key, value } = row;
    const before = rows.get(key);
    if (before === value) return [];
    const kind = this.#maps[map];
    if (kind === undefined || !isKeyOf(kind, key)) return undefined;
    if (kind === 'count' && !NUMBER.test(value)) return undefined;
    if (kind === 'threads' && value.startsWith('(0, ')) {
      rows.delete(key);
      return [];
    }
    rows.set(key, value);
    return this.changed({ map, key, value, before });
  }

  /** A row of one of the script's maps; undefined where the script cannot have printed it. */
  protected abstract changed(row: ChangedRow<Maps>): FaultscopeRecord[] | undefined;

  /** The row, or all rows, will start anew: whatever it says next is news. */
  protected forget(map: keyof Maps, key?: string): void {
    if (key === undefined) this.#rows.get(map)?.clear();
    else this.#rows.get(map)?.delete(key);
  }

  /** What its rows said last. */
  protected rowsOf(map: keyof Maps): Iterable<readonly [key: string, value: string]> {
    return this.#rows.get(map) ?? [];
  }

  /** A line that the script printed itself; undefined where it cannot have. */
  protected abstract printed(line: string): FaultscopeRecord[] | undefined;

  /** What only a whole dump tells. */
  protected dumped(_last: boolean): FaultscopeRecord[] {
    return [];
  }

  protected attached(nowNs: bigint): void {
    this.nowNs = nowNs;
    this.#attachedNs = nowNs;
  }

  protected loss(what: LossRecord['what'], count: number): LossRecord {
    return { kind: 'loss', atNs: this.nowNs, set: this.#set, what, count };
  }

  /** Some versions print their warnings on stdout; all of those come before the script's first line. */
  #unknown(): FaultscopeRecord[] {
    if (this.#attachedNs !== null) this.#garbage += 1;
    return [];
  }
}

const NUMBER = /^\d{1,20}$/;

function isKeyOf(shape: MapShape, key: string): boolean {
  if (shape === 'pairs') return pairOf(key) !== undefined;
  return shape === 'cells' ? isIntegerKey(key) : NUMBER.test(key);
}
