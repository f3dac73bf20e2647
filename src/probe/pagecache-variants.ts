import type { FileKey } from '../record/files.js';
import { slotsOf } from './pagecache-slots.js';
import { loadScript, type ScriptPatch } from './script.js';
import type { Variant } from './variants.js';

interface Part {
  readonly name: string;
  readonly patches: readonly ScriptPatch[];
}

/** The tracepoints tell of large folios (`order`) from Linux 6.10 on, in Debian's 6.1 too; where they do not, an event is a page. */
const WITH_ORDER: Part = { name: '', patches: [] };
const WITHOUT_ORDER: Part = {
  name: ', an event a page',
  patches: ['deleted-order', 'added-order'].map((block) => ({ block, text: '' })),
};

const FAULT: Part = { name: 'filemap_fault', patches: [] };

/**
 * Before Linux 6.12 nothing tells which page a fault needs: the first page that the thread adds in a fault from user mode
 * stands for it (the saved registers tell that it is in one). A fault in which it adds none has no known cause.
 */
function withoutFault(registers: string): Part {
  const entered = `    $nr = (uint64)0;
${registers}    if ($nr == 0xffffffffffffffff) {
      $state = ((((uint64)$t->min_flt + (uint64)$t->maj_flt) & 0xfffff) << 8) | 1;
      $tid = (uint64)$t->pid;
      $r = @t[$tid];
      if ((($r.0 >> 8) & 0xfffff) != (($state >> 8) & 0xfffff)) {
        if ($m == 0) {
${learnBlock()}        }
        @t[$tid] = ($state | (($m & 0xffff) << 32), $index, (uint64)nsecs, (uint64)0, (uint64)$r.4, (uint64)$r.5);
      }
    }
`;
  return {
    name: 'causes by the pages that a fault reads',
    patches: [
      { block: 'entered', text: entered },
      { block: 'fault', text: '' },
      { block: 'none', text: '  $cause = (uint64)5;\n' },
    ],
  };
}

/** The script's own lines, which stand in the probe that is not there. */
function learnBlock(): string {
  return /\/\/ \(learn\n(.*?) *\/\/ learn\)\n/s.exec(loadScript('pagecache', []))?.[1] ?? '';
}

const READ_NR = (padding: string) => `    $regs = (struct pt_regs *)((uint64)$t->stack + 16384 - 168${padding});
    $nr = (uint64)$regs->orig_ax;
`;

interface Layout extends Part {
  /** Sets $nr to the system call's number, all ones in an exception; empty where that cannot be told. */
  readonly readNr: string;
}

function layouts(arch: string): readonly Layout[] {
  const without: Layout = {
    name: 'no registers: ways but reclaim unknown',
    readNr: '',
    patches: [
      { block: 'layout', text: '  printf("A %llu 1\\n", (uint64)nsecs);\n' },
      { block: 'way', text: '' },
    ],
  };
  if (arch !== 'x86_64') return [without];
  return [
    { name: 'x86-64 registers', readNr: READ_NR(''), patches: [] },
    {
      // TOP_OF_KERNEL_STACK_PADDING, see src/probe/variants.ts.
      name: 'x86-64 registers, FRED stack',
      readNr: READ_NR(' - 16'),
      patches: ['layout', 'way'].map((block) => ({ block, from: '16384 - 168', to: '16384 - 168 - 16' })),
    },
    without,
  ];
}

/** bpf/pagecache.bt, best first; `files` are those that the target maps when it starts. */
export function pagecacheVariants(arch: string, files: readonly FileKey[]): Variant[] {
  const seeds = Array.from(slotsOf(files), ([slot, file]) => seedLines(slot, file));
  const seed: ScriptPatch = { block: 'seed', text: seeds.join('') };
  return layouts(arch).flatMap((layout) => {
    const blind = withoutFault(layout.readNr);
    const kernels = [
      [FAULT, WITH_ORDER],
      [blind, WITH_ORDER],
      [blind, WITHOUT_ORDER],
    ] as const;
    return kernels.map(([fault, order]) => ({
      name: `${fault.name}${order.name}, ${layout.name}`,
      registers: layout.name,
      patches: [...fault.patches, ...order.patches, ...layout.patches, seed],
    }));
  });
}

function seedLines(slot: number, { device, inode }: FileKey): string {
  return `  @mine[(uint64)${device}, (uint64)${inode}] = (uint64)${slot};
  @slot[(uint64)${slot}] = ((uint64)${device}, (uint64)${inode});
`;
}
