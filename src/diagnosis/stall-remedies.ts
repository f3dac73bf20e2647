import type { Snapshot } from '../model/snapshot.js';
import type { RuntimeFacts } from '../record/record.js';
import { formatPercent } from '../text/units.js';
import type { WhatIf } from './finding.js';
import { hotFile } from './hot-file.js';
import { capacityWord, formatShares } from './words.js';

/** What helps against threads that are lost to page faults, best first; in the words of the runtime. */
export function stallRemedies(snapshot: Snapshot, kind: RuntimeFacts['kind'], whatIf: WhatIf | null): string[] {
  const file = hotFile(snapshot)?.path ?? 'the mapped file';
  return { go: forGo, node: forNode, native: forNative }[kind](file, whatIf);
}

function forGo(file: string, whatIf: WhatIf | null): string[] {
  const gain =
    whatIf?.asPread == null ? '' : ` Predicted full stalls: ${formatPercent(whatIf.asPread.fullStallFraction)}.`;
  return [
    `Read ${file} with pread(2) (os.File.ReadAt) in place of the mapping: a goroutine in a system call gives its P away.${gain}`,
    'Where it must stay mapped: touch its pages through cgo (a C function that reads a byte of each) before Go does. A goroutine in C gives its P away too.',
    ...moreCapacity('go', whatIf),
  ];
}

function forNode(file: string): string[] {
  return [
    `Read ${file} with fs.read (the thread pool does the waiting) in place of the mapping or of fs.readSync.`,
    'Where it must stay mapped: touch it in a worker thread, so that the event loop never does.',
    'More processes (cluster) bring more event loops; each still stalls on its own.',
  ];
}

function forNative(file: string, whatIf: WhatIf | null): string[] {
  return [
    `Read ${file} ahead of its use: madvise(MADV_WILLNEED) or MAP_POPULATE, or pread(2) from threads that do nothing else.`,
    'Keep it in memory: mlock(2), or room in the memory cgroup for its page cache.',
    ...moreCapacity('native', whatIf),
  ];
}

function moreCapacity(kind: 'go' | 'native', whatIf: WhatIf | null): string[] {
  const present = whatIf?.capacities[0];
  if (whatIf == null || present === undefined) return [];
  const prediction = whatIf.capacities.find(({ capacity }) => capacity === whatIf.enough);
  if (prediction === undefined) {
    return [
      `${kind === 'go' ? 'No GOMAXPROCS' : 'No number of threads'} that was tried brings full stalls under 1% for sure: more work runs into faults as well.`,
    ];
  }
  if (prediction.capacity === present.capacity) return [];
  const figure = formatShares(prediction.fullStallFraction);
  return [
    `${capacityWord(kind, prediction.capacity)} in place of ${present.capacity}. Predicted full stalls: ${figure}.`,
  ];
}
