import { basename } from 'node:path';
import type { SymbolRecord } from '../../record/stacks.js';
import type { Readable } from '../answers.js';
import { monotonicNs } from '../clock.js';
import { openElf } from '../elf/elf-file.js';
import { fromMappedFile, fromRoot } from '../from-mapped-file.js';
import type { Mapping } from '../mappings.js';
import { CodeMappings } from './code-mappings.js';
import { demangle } from './demangle.js';
import { type KernelFunction, KernelFunctions } from './kernel-functions.js';
import { Module } from './module.js';
import { PerfMap, type PerfMapReading } from './perf-map.js';
import { Slices } from './slices.js';

/** What an address is. */
export type CodeSymbol = Pick<SymbolRecord, 'address' | 'name' | 'module' | 'offset'>;

/** An address of a stack; a `return` address is behind the call, and may be behind the function that ends with it. */
export interface CodeAddress {
  readonly address: bigint;
  readonly isReturn: boolean;
}

/** An address that has been named, and what it was then. */
interface Known {
  readonly isReturn: boolean;
  /** In which mapping. */
  readonly place: string;
  /** Of compiled code: which state of the perf map was last asked; null where none was. */
  readonly perfMap?: string | null;
  /** Of compiled code: a perf map has named it. */
  readonly hasName: boolean;
  /** {@link CodeMappings.changes} when that was last looked at. */
  changes: number;
}

const NEW = { hasName: false } as const;

/** The half of the addresses that is the kernel's. */
const KERNEL_HALF = 1n << 63n;

/** Addresses that are remembered; then all are forgotten, and named anew as they come. */
const MOST_KNOWN = 200_000;

/** Files kept open. */
const MOST_MODULES = 500;

/** Addresses that are looked at before others get their turn. */
const IN_ONE_GO = 500;

/** Names the addresses in the stacks of one process, each once, and again where its mapping is another one by then. */
export class Symbolizer {
  readonly #pid: number;
  readonly #readable: (mapping: Mapping) => Readable;
  readonly #mappings: CodeMappings;
  readonly #perfMap: PerfMap;
  readonly #kernel = new KernelFunctions();
  readonly #known = new Map<bigint, Known>();
  /** By mapping; null where the file could not be opened. */
  readonly #modules = new Map<string, Module | null>();
  #perfMapVersion: string | null = null;

  /** `readable`: whether the file of a mapping can be read. */
  constructor(pid: number, readable: (mapping: Mapping) => Readable) {
    this.#pid = pid;
    this.#readable = readable;
    this.#mappings = new CodeMappings(pid, monotonicNs);
    this.#perfMap = new PerfMap(pid);
  }

  /** Of these addresses, those that have not been named yet, or are something else by now. Marks them as named. */
  async unnamed(addresses: Iterable<CodeAddress>): Promise<readonly CodeAddress[]> {
    this.#mappings.refresh();
    this.#perfMapVersion = await this.#perfMap.version();
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    const unnamed: CodeAddress[] = [];
    const slices = new Slices();
    let seen = 0;
    for (const { address, isReturn } of addresses) {
      seen += 1;
      if (seen % IN_ONE_GO === 0) await slices.turn();
      const known = this.#known.get(address);
      if (known !== undefined && (address >= KERNEL_HALF || this.#isSame(address, known))) continue;
      const place = address >= KERNEL_HALF ? 'kernel' : placeOf(this.#mappings.find(address));
      const one = { address, isReturn: known?.isReturn ?? isReturn };
      const { changes } = this.#mappings;
      this.#known.set(address, { ...(known?.place === place ? known : NEW), isReturn: one.isReturn, place, changes });
      unnamed.push(one);
    }
    return unnamed;
  }

  /** What each of them is. Long work is done in slices; nothing throws because of what the target is or does. */
  async name(addresses: readonly CodeAddress[]): Promise<readonly CodeSymbol[]> {
    const slices = new Slices();
    const kernel = addresses.filter(({ address }) => address >= KERNEL_HALF);
    const byMapping = new Map<Mapping | null, CodeAddress[]>();
    for (const one of addresses) {
      if (one.address >= KERNEL_HALF) continue;
      const mapping = this.#mappings.find(one.address);
      const its = byMapping.get(mapping);
      if (its === undefined) byMapping.set(mapping, [one]);
      else its.push(one);
    }
    const symbols =
      kernel.length === 0 ? [] : [kernelSymbols(kernel, await this.#kernel.at(kernel.map(inside), slices))];
    const compiled: [Mapping, CodeAddress[]][] = [];
    for (const [mapping, its] of byMapping) {
      if (mapping === null) symbols.push(its.map(({ address }) => nameless(address, null, address)));
      else if (isCompiled(mapping)) compiled.push([mapping, its]);
      else symbols.push(await this.#inFile(mapping, its, slices));
    }
    return [...symbols, await this.#compiled(compiled, slices)].flat();
  }

  close(): void {
    for (const module of this.#modules.values()) module?.close();
    this.#modules.clear();
  }

  #isSame(address: bigint, known: Known): boolean {
    // Runtimes give the place of code that has been dropped to other code.
    if (known.perfMap !== undefined && known.perfMap !== this.#perfMapVersion) return false;
    if (known.changes === this.#mappings.changes) return true;
    known.changes = this.#mappings.changes;
    const mapping = this.#mappings.find(address);
    // What is mapped no longer is what it was: its stacks are of that time.
    return mapping === null || placeOf(mapping) === known.place;
  }

  async #inFile(mapping: Mapping, addresses: readonly CodeAddress[], slices: Slices): Promise<CodeSymbol[]> {
    const module = await this.#module(mapping);
    const name = moduleName(mapping);
    const linked = new Map(addresses.map((one) => [one, module?.addressOf(offsetIn(mapping, inside(one))) ?? null]));
    const wanted = [...linked.values()].filter((address) => address !== null);
    const functions = (await module?.functionsAt(wanted, slices)) ?? new Map();
    return addresses.map((one) => {
      const { address } = one;
      const link = linked.get(one) ?? null;
      if (link === null) return nameless(address, name, BigInt(offsetIn(mapping, address)));
      const back = Number(address - inside(one));
      const found = functions.get(link);
      if (found === undefined) return nameless(address, name, BigInt(link + back));
      return { address, name: demangle(found.name), module: name, offset: BigInt(link + back - found.start) };
    });
  }

  /** Opened by its mapping, so that it is the very file, whatever its path is by now and wherever it lies. */
  async #module(mapping: Mapping): Promise<Module | null> {
    const { device, inode, path } = mapping;
    const key = `${device}:${inode}:${path}`;
    const known = this.#modules.get(key);
    if (known !== undefined) return known;
    if (this.#modules.size >= MOST_MODULES) this.close();
    const debugRoots = [(one: string) => fromRoot(this.#pid, one, openElf), openElf];
    const isReadable = await this.#readable(mapping);
    const open = (one: string) => Module.open(one, debugRoots);
    const module = isReadable ? fromMappedFile(this.#pid, mapping, open) : null;
    this.#modules.set(key, module);
    return module;
  }

  async #compiled(groups: readonly [Mapping, CodeAddress[]][], slices: Slices): Promise<CodeSymbol[]> {
    const wanted = groups.flatMap(([, addresses]) => addresses.map((one) => Number(inside(one))));
    const reading = wanted.length === 0 ? null : await this.#perfMap.find(wanted, slices);
    return groups.flatMap(([mapping, addresses]) =>
      addresses.flatMap((one) => this.#asCompiled(one, mapping, reading) ?? []),
    );
  }

  /** Null where its name is the last one that was known. */
  #asCompiled(one: CodeAddress, mapping: Mapping, reading: PerfMapReading | null): CodeSymbol | null {
    const { address } = one;
    const found = reading?.functions.get(Number(inside(one)));
    const known = this.#known.get(address);
    const hasName = found !== undefined || known?.hasName === true;
    if (known !== undefined) this.#known.set(address, { ...known, perfMap: reading?.version ?? null, hasName });
    if (found === undefined) return hasName ? null : nameless(address, moduleName(mapping), address - mapping.start);
    return { address, name: demangle(found.name), module: '[jit]', offset: address - BigInt(found.start) };
  }
}

/** The call itself, for an address behind it. */
function inside({ address, isReturn }: CodeAddress): bigint {
  return isReturn ? address - 1n : address;
}

function nameless(address: bigint, module: string | null, offset: bigint): CodeSymbol {
  return { address, name: null, module, offset };
}

function kernelSymbols(
  addresses: readonly CodeAddress[],
  functions: ReadonlyMap<bigint, KernelFunction>,
): CodeSymbol[] {
  return addresses.map((one) => {
    const found = functions.get(inside(one));
    const { address } = one;
    if (found === undefined) return nameless(address, 'kernel', address);
    return { address, name: demangle(found.name), module: found.module, offset: address - found.start };
  });
}

/** Code that no file holds: a runtime has compiled it. V8 and .NET may keep theirs in memory files. */
function isCompiled({ of, path }: Mapping): boolean {
  if (of === 'anonymous' || of === 'heap' || of === 'stack') return true;
  return path?.startsWith('/memfd:') === true || path?.startsWith('//anon') === true;
}

function offsetIn(mapping: Mapping, address: bigint): number {
  return Number(address - mapping.start + mapping.offset);
}

function placeOf(mapping: Mapping | null): string {
  if (mapping === null) return 'nowhere';
  // A runtime changes its mappings all the time.
  if (isCompiled(mapping)) return 'compiled';
  const { start, offset, device, inode, path } = mapping;
  return `${start}:${offset}:${device}:${inode}:${path}`;
}

function moduleName({ path }: Mapping): string {
  if (path === null) return '[anon]';
  return path.startsWith('/') ? basename(path.replace(/ \(deleted\)$/, '')) : path;
}
