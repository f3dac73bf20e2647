import type { AccessPattern, FilesView, FileView } from '../model/files-view.js';
import { formatBytes, formatCount, formatPercent } from '../text/units.js';

/** What a file is called where it is listed; an outside string. */
export function fileName({ path, of, device, inode }: Pick<FileView, 'path' | 'of' | 'device' | 'inode'>): string {
  if (path !== null) return path;
  if (device !== null) return `inode ${inode} of device ${device}`;
  return MEMORY_NAMES[of];
}

const MEMORY_NAMES: { readonly [of in FileView['of']]: string } = {
  file: 'a file without a name',
  anonymous: 'anonymous memory',
  heap: 'heap',
  stack: 'stacks',
  shared: 'shared memory',
  other: 'other memory',
  unknown: 'a file without a name',
};

/** What a pattern rests on, in one sentence; docs/files.md has the measure. */
export function patternText(pattern: AccessPattern | null): string {
  if (pattern === null) return 'too few faults to tell a pattern';
  const { kind, sequentialFraction, hotFraction, evenFraction, samples } = pattern;
  const ahead =
    sequentialFraction === null ? [] : [`${formatPercent(sequentialFraction)} go on where the fault before left off`];
  const places =
    hotFraction === null
      ? []
      : [
          `80% of the faults lie in ${formatPercent(hotFraction)} of the touched range (if spread evenly: ${formatPercent(evenFraction)}; ${formatCount(samples)} single faults)`,
        ];
  return `${kind}: ${(kind === 'clustered' ? [...places, ...ahead] : [...ahead, ...places]).join('; ')}`;
}

/** The same in a few words: "sequential, 97% of the faults". */
export function patternShort({ kind, sequentialFraction, hotFraction }: AccessPattern): string {
  if (kind === 'sequential') return `sequential, ${formatPercent(sequentialFraction)} of the faults`;
  return kind === 'clustered' ? `clustered, 80% of the faults in ${formatPercent(hotFraction)} of it` : kind;
}

/** Below, hardly a fault goes on where another left off. */
const HARDLY = 0.2;

/** What would help a file that is faulted in like this, best first. */
export function patternAdvice(
  { of, pattern, exact }: Pick<FileView, 'of' | 'pattern' | 'exact'>,
  files: Pick<FilesView, 'exact'>,
): readonly string[] {
  if (of === 'other') return [];
  // What the kernel laid to no file: private copies of its pages, or a file that lives in memory.
  const isSwap = of === 'file' && files.exact && !exact;
  if (isSwap || (of !== 'file' && of !== 'unknown')) return [SWAPPED];
  if (pattern === null) return [];
  if (pattern.kind === 'sequential') return SEQUENTIAL;
  if (pattern.kind === 'clustered') return clusteredAdvice(pattern);
  if ((pattern.sequentialFraction ?? 0) > HARDLY) return [PARTLY];
  return RANDOM;
}

const SWAPPED =
  'It was swapped out: give the program memory, keep it from being swapped (memory.swap.max, memory.low), or mlock(2) what must not wait.';

const SEQUENTIAL: readonly string[] = [
  'madvise(MADV_SEQUENTIAL) has more read ahead; a larger read_ahead_kb does so for the whole device.',
  'Have the pages read before the scan comes to them: madvise(MADV_WILLNEED) or readahead(2) some MiB ahead, from another thread.',
];

const RANDOM: readonly string[] = [
  'madvise(MADV_RANDOM) stops reading ahead what is not used.',
  'Read it with pread(2): then a thread that waits holds up no other work of its runtime; or keep all of it in memory.',
];

const PARTLY =
  'A part of it is scanned and a part is not: MADV_RANDOM would slow the scan; give each its own mapping, or madvise(2) by range.';

function clusteredAdvice({ hotRange }: AccessPattern): string[] {
  if (hotRange === null) return [];
  const { fromByte, toByte } = hotRange;
  return [
    `Bring bytes ${fromByte} to ${toByte} (${rangeText(hotRange)}) into memory before they are needed: madvise(MADV_WILLNEED), or MADV_POPULATE_READ, which waits for it (Linux 5.14 and later).`,
    `Hold them there with mlock(2): ${formatBytes(toByte - fromByte)}.`,
  ];
}

/** "12.0MiB from 1.0GiB on". */
function rangeText({ fromByte, toByte }: { readonly fromByte: number; readonly toByte: number }): string {
  return `${formatBytes(toByte - fromByte)} from ${formatBytes(fromByte)} on`;
}
