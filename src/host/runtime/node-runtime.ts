import { exportedSymbol } from '../elf/exported-symbol.js';
import { fromMappedFile } from '../from-mapped-file.js';
import { type Mapping, readMappings } from '../mappings.js';
import { loadBias } from './load-bias.js';
import { ProcessMemory } from './process-memory.js';

/**
 * node::per_process::metadata (src/node_metadata.h of Node.js), which every Node exports for its add-ons; it begins with
 * process.versions.node as a std::string.
 */
const METADATA = '_ZN4node11per_process8metadataE';

export interface NodeFacts {
  /** As process.version has it, e.g. "v20.19.2"; null where it cannot be read, and before the program has begun. */
  readonly version: string | null;
}

/** Whether a process runs Node, from its executable or the libnode.so that some distributions split off; null where not. */
export function detectNode(pid: number, executable = `/proc/${pid}/exe`): NodeFacts | null {
  const inProgram = exportedSymbol(executable, METADATA);
  const begun = executable === `/proc/${pid}/exe`;
  if (inProgram !== null) {
    const bias = begun ? loadBias(pid) : null;
    return { version: bias === null ? null : readVersion(pid, inProgram + bias) };
  }
  return begun ? inLibrary(pid) : null;
}

function inLibrary(pid: number): NodeFacts | null {
  const mapped = libnodeMapping(pid);
  if (mapped === null) return null;
  const address = fromMappedFile(pid, mapped, (file) => exportedSymbol(file, METADATA));
  return address === null ? null : { version: readVersion(pid, mapped.start + address) };
}

/** The first mapping of libnode.so.N, which is of the file's beginning; shared libraries are linked for address 0. */
function libnodeMapping(pid: number): Mapping | null {
  for (const mapping of readMappings(`/proc/${pid}/maps`)) {
    if (mapping.offset === 0n && /^\/.*\/libnode\.so[^/]*$/s.test(mapping.path ?? '')) return mapping;
  }
  return null;
}

/** libstdc++'s std::string is a pointer to the text and its length. */
function readVersion(pid: number, address: bigint): string | null {
  const memory = ProcessMemory.open(pid);
  if (memory === null) return null;
  try {
    const [text, length] = [memory.word(address), memory.word(address + 8n)];
    if (text === null || length === null || length === 0n || length > 40n) return null;
    const bytes = Buffer.alloc(Number(length));
    if (!memory.read(text, bytes)) return null;
    const version = bytes.toString('latin1');
    return /^\d+\.\d+\.\d+[-+.\w]*$/.test(version) ? `v${version}` : null;
  } finally {
    memory.close();
  }
}
