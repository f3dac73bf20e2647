import { FaultPlaces } from '../../model/fault-places.js';
import { KnownFiles } from '../../model/known-files.js';
import { Actors } from '../../model/page-cache/actors.js';
import type { FileKey } from '../../record/files.js';
import type { SingleCauseRecord } from '../../record/page-cache.js';
import type { FaultRecord, FaultscopeRecord, GoroutineRef } from '../../record/record.js';
import { safeText } from '../../text/safe.js';
import { formatAddress } from '../../text/units.js';
import { Latest } from './latest.js';
import type { Arg } from './packet-writer.js';

/** At least so many functions' names are remembered. */
const KEPT_FUNCTIONS = 32_768;

/** g.atomicstatus (runtime/runtime2.go). */
const GOROUTINE_STATUS: Readonly<Record<number, string>> = { 2: 'running, holds a P', 3: 'in a system call or in C' };

/** What single faults refer to, as it stood when they came: fed all records in their order. */
export class FaultWords {
  readonly #pageBytes: bigint;
  readonly #places = new FaultPlaces();
  readonly #files = new KnownFiles();
  readonly #actors: Actors;
  readonly #functions = new Latest<bigint, string>(KEPT_FUNCTIONS);

  constructor(pid: number, pageBytes = 4096) {
    this.#pageBytes = BigInt(pageBytes);
    this.#actors = new Actors(pid);
  }

  apply(record: FaultscopeRecord): void {
    if (record.kind === 'mapping' || record.kind === 'unmapped') this.#places.apply(record);
    else if (record.kind === 'file') this.#files.apply(record);
    else if (record.kind === 'actor') this.#actors.apply(record);
    else if (record.kind === 'function') this.#functions.set(record.pc, record.name);
  }

  /** Where it was and what it stands for; its address is laid to the mapping that is there now. */
  ofFault({ address, instruction, weight, page, goroutine }: FaultRecord): Arg[] {
    const place =
      page === null ? this.#mappedPlace(address) : this.#filePlace(this.#nameOf(page), page.index * this.#pageBytes);
    return [
      ...place,
      { name: 'address', value: { pointer: address } },
      { name: 'instruction', value: { pointer: instruction } },
      { name: 'stands for faults', value: weight },
      ...(goroutine === null || goroutine.goid === 0n ? [] : this.#goroutineArgs(goroutine)),
    ];
  }

  /** Why its page was not there. */
  ofCause({ cause, eviction, ageNs }: SingleCauseRecord): Arg[] {
    const args: Arg[] = [{ name: 'cause', value: cause }];
    if (eviction !== null) {
      const { pid, comm } = this.#actors.view(eviction.actor);
      args.push({ name: 'evicted by', value: `${safeText(comm ?? '-')} [${pid}]` });
      args.push({ name: 'evicted how', value: eviction.way });
    }
    if (ageNs !== null) args.push({ name: 'evicted before, ms', value: ageNs / 1e6 });
    return args;
  }

  #mappedPlace(address: bigint): Arg[] {
    const found = this.#places.find(address);
    if (found === null) return [];
    const { place, offset } = found;
    if (place.of !== 'file') return [{ name: 'memory', value: place.of }];
    return this.#filePlace(place.path ?? '-', offset);
  }

  #filePlace(file: string, offset: bigint): Arg[] {
    return [
      { name: 'file', value: safeText(file) },
      { name: 'offset', value: offset },
    ];
  }

  #nameOf(page: FileKey): string {
    const path = this.#files.name(page)?.path;
    return path ?? `${page.device >>> 20}:${page.device & 0xfffff} inode ${page.inode}`;
  }

  #goroutineArgs({ goid, status, startPc }: GoroutineRef): Arg[] {
    const start = this.#functions.get(startPc);
    return [
      { name: 'goroutine', value: goid },
      { name: 'goroutine start', value: start === undefined ? formatAddress(startPc) : safeText(start) },
      { name: 'goroutine status', value: GOROUTINE_STATUS[status] ?? String(status) },
    ];
  }
}
