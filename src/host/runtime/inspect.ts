import { openGoBinary } from '../go/binary.js';
import { goFromFile } from './go-from-file.js';
import { GoRuntime } from './go-runtime.js';
import { loadBias } from './load-bias.js';
import { detectNode } from './node-runtime.js';
import { givenCapacity, type ObservedRuntime, plainRuntime } from './observed-runtime.js';
import { ProcessMemory } from './process-memory.js';

export interface InspectOptions {
  /** `--capacity`: counts whatever the process says; null without it. */
  readonly capacityOverride: number | null;
  /** The file that the process is about to execute, where it has not yet; null where it runs what it is. */
  readonly aboutToRun: string | null;
}

/** What runs the code of a process: found out by reading its executable and its memory, never by changing anything. */
export function inspectRuntime(pid: number, { capacityOverride, aboutToRun }: InspectOptions): ObservedRuntime {
  const executable = aboutToRun ?? `/proc/${pid}/exe`;
  const override = givenCapacity(capacityOverride);
  const go = inspectGo(pid, executable, { capacityOverride, aboutToRun });
  if (go !== null) return go;
  const node = detectNode(pid, executable);
  if (node === null) return plainRuntime('native', null, override);
  return plainRuntime('node', node.version, override ?? { value: 1, source: 'one event loop' });
}

function inspectGo(
  pid: number,
  executable: string,
  { capacityOverride, aboutToRun }: InspectOptions,
): ObservedRuntime | null {
  const binary = openGoBinary(executable);
  if (binary === null) return null;
  if (aboutToRun !== null) return goFromFile(pid, binary, { override: capacityOverride, hasBegun: false });
  const bias = loadBias(pid);
  const memory = ProcessMemory.open(pid);
  if (bias === null || memory === null) {
    memory?.close();
    return goFromFile(pid, binary, { override: capacityOverride, hasBegun: true });
  }
  return new GoRuntime({ pid, binary, memory, bias }, capacityOverride);
}
