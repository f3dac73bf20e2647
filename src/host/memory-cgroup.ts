import { readFileSync } from 'node:fs';
import type { MemoryCgroupRecord } from '../record/memory-cgroup.js';
import { cgroupPlace } from './cgroup-place.js';
import { type CgroupFiles, V1_FILES, V2_FILES } from './memory-cgroup-files.js';

/** Readings are at least this far apart: memory.stat makes the kernel add up all CPUs (cgroup_rstat_flush()). */
const LEAST_APART_NS = 1_000_000_000n;
/** The target is looked for anew after so many readings: it may be moved, and limits may be set. */
const READINGS_OF_ONE = 10;

interface Bounding {
  readonly path: string;
  readonly directory: string;
  readonly files: CgroupFiles;
}

/** Reads the memory cgroup that bounds a process, versions 1 and 2 (Documentation/admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst). */
export class MemoryCgroupReader {
  readonly #pid: number;
  readonly #procRoot: string;
  #bounding: Bounding | null = null;
  #readings = 0;
  #latestNs: bigint | null = null;

  constructor(pid: number, procRoot = '/proc') {
    this.#pid = pid;
    this.#procRoot = procRoot;
  }

  /** Null where nothing bounds the process, its cgroup is out of our reach, and less than a second after the last reading. */
  read(nowNs: () => bigint): MemoryCgroupRecord | null {
    const atNs = nowNs();
    if (this.#latestNs !== null && atNs - this.#latestNs < LEAST_APART_NS) return null;
    this.#latestNs = atNs;
    if (this.#readings % READINGS_OF_ONE === 0) this.#bounding = this.#find();
    this.#readings += 1;
    const bounding = this.#bounding;
    if (bounding === null) return null;
    const limitBytes = limitOf(bounding);
    const usageBytes = readNumber(`${bounding.directory}/${bounding.files.usage}`);
    if (limitBytes === null || usageBytes === null) return null;
    const stat = parseStat(readOrNull(`${bounding.directory}/memory.stat`) ?? '');
    const bytes = (name: string): number | null => (stat.has(name) ? Number(stat.get(name)) : null);
    return {
      kind: 'memory-cgroup',
      atNs,
      path: bounding.path,
      limitBytes,
      usageBytes,
      fileBytes: bytes(bounding.files.file),
      anonBytes: bytes(bounding.files.anon),
      workingsetRefaultFile: stat.get(bounding.files.refault) ?? null,
    };
  }

  /** The nearest cgroup with a limit, from the process's own upwards. */
  #find(): Bounding | null {
    const place = cgroupPlace(
      'memory',
      readOrNull(`${this.#procRoot}/${this.#pid}/cgroup`) ?? '',
      readOrNull(`${this.#procRoot}/self/mountinfo`) ?? '',
    );
    if (place === null) return null;
    const files = place.version === 1 ? V1_FILES : V2_FILES;
    for (let below = place.below; ; below = below.slice(0, below.lastIndexOf('/'))) {
      const bounding = { path: `${place.root}${below}` || '/', directory: `${place.mountPoint}${below}`, files };
      if (limitOf(bounding) !== null) return bounding;
      if (below === '') return null;
    }
  }
}

function limitOf({ directory, files }: Bounding): number | null {
  const limits = files.limits.map((name) => readNumber(`${directory}/${name}`)).filter((bytes) => bytes !== null);
  const least = Math.min(...limits);
  return least < files.unlimitedFrom ? least : null;
}

/** Null for "max", and where there is no such file. */
function readNumber(path: string): number | null {
  const text = readOrNull(path)?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** "name value" lines. */
function parseStat(text: string): Map<string, bigint> {
  return new Map([...text.matchAll(/^(\w+) (\d{1,20})$/gm)].map(([, name = '', value = '0']) => [name, BigInt(value)]));
}

/** A cgroup can be removed at any moment, and each kernel lacks another file: whatever the reason, then there is no reading. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
