import { readFileSync } from 'node:fs';

/** Where the kernel's type information is: in the file that bpftrace is told to take it from (bpftrace(8)), or in the kernel. */
export function kernelTypesPath(env: NodeJS.ProcessEnv): string {
  return env.BPFTRACE_BTF || '/sys/kernel/btf/vmlinux';
}

/**
 * Where per-CPU variables of the running kernel lie in a CPU's area, by name: from the section .data..percpu of its type
 * information (Documentation/bpf/btf.rst). Variables that are not there are left out; a kernel without, or with one that
 * cannot be read, has none.
 */
export function perCpuOffsets(names: readonly string[], path: string): ReadonlyMap<string, number> {
  try {
    return readOffsets(readFileSync(path), new Set(names));
  } catch {
    return new Map();
  }
}

const MAGIC = 0xeb9f;
const KIND_VAR = 14;
const KIND_DATASEC = 15;

/** Bytes that follow the three words of a type: `each` for each of its members. */
const TAILS: { readonly [kind: number]: { readonly fixed: number; readonly each: number } } = {
  1: { fixed: 4, each: 0 },
  3: { fixed: 12, each: 0 },
  4: { fixed: 0, each: 12 },
  5: { fixed: 0, each: 12 },
  6: { fixed: 0, each: 8 },
  13: { fixed: 0, each: 8 },
  14: { fixed: 4, each: 0 },
  15: { fixed: 0, each: 12 },
  17: { fixed: 4, each: 0 },
  19: { fixed: 0, each: 12 },
};

/** Throws RangeError where the file ends in the middle. */
function readOffsets(btf: Buffer, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (btf.readUInt16LE(0) !== MAGIC) return found;
  const [header, typesAt, typesLength, textsAt] = [4, 8, 12, 16].map((at) => btf.readUInt32LE(at)) as Words;
  const nameAt = (offset: number): string => {
    const from = header + textsAt + offset;
    return btf.toString('latin1', from, btf.indexOf(0, from));
  };
  const variables = new Map<number, string>();
  const end = header + typesAt + typesLength;
  let at = header + typesAt;
  for (let id = 1; at < end; id += 1) {
    const name = btf.readUInt32LE(at);
    const info = btf.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 0x1f;
    const members = info & 0xffff;
    at += 12;
    if (kind === KIND_VAR && names.has(nameAt(name))) variables.set(id, nameAt(name));
    if (kind === KIND_DATASEC && nameAt(name) === '.data..percpu') {
      for (let member = at; member < at + members * 12; member += 12) {
        const variable = variables.get(btf.readUInt32LE(member));
        if (variable !== undefined) found.set(variable, btf.readUInt32LE(member + 4));
      }
    }
    const { fixed, each } = TAILS[kind] ?? { fixed: 0, each: 0 };
    at += fixed + each * members;
  }
  return found;
}

type Words = [number, number, number, number];
