import type { RuntimeFacts } from '../../record/record.js';
import type { GoBinary } from '../go/types.js';
import { assumedGomaxprocs } from './assumed-gomaxprocs.js';
import { cannotTrace, kernelGoOf } from './kernel-go.js';
import { givenCapacity, type ObservedRuntime } from './observed-runtime.js';

/**
 * A Go program whose memory says nothing, because process `pid` is yet to execute it or may not be read: what its file
 * says, and what its runtime will make of its surroundings. Of one that is yet to begin the kernel script may rely on the
 * file; what it then tells is believed once that was verified.
 */
export function goFromFile(
  pid: number,
  binary: GoBinary,
  options: { readonly override: number | null; readonly hasBegun: boolean },
): ObservedRuntime {
  const { override, hasBegun } = options;
  const capacity = givenCapacity(override) ?? assumedGomaxprocs(pid, binary.version);
  const gomaxprocs = binary.variable('gomaxprocs').find(({ source }) => source !== 'machine code');
  const delta = gomaxprocs === undefined || override !== null ? null : gomaxprocs.address - binary.codeAddress;
  const whyNot = hasBegun ? 'its memory cannot be read' : 'not verified yet: the program has not begun';
  const facts: RuntimeFacts = {
    kind: 'go',
    version: binary.version === '' ? null : binary.version,
    capacity: capacity?.value ?? null,
    capacitySource: capacity?.source ?? null,
    goroutines: false,
    goroutineDetail: cannotTrace(binary) ?? whyNot,
  };
  return {
    facts,
    kernelGo: hasBegun ? null : kernelGoOf(binary, delta),
    reread: () => facts,
    census: () => null,
    roles: () => [],
    functionName: () => null,
    close: () => binary.close(),
  };
}
