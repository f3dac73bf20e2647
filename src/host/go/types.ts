/**
 * Byte offsets of the fields of the Go runtime's structs that are read in a live process (runtime/runtime2.go). Goroutine
 * statuses and P statuses keep their numbers in all supported versions: _Grunning 2, _Gsyscall 3, _Gwaiting 4; _Pidle 0,
 * _Prunning 1.
 */
export interface GoLayout {
  /** Where the offsets are from, for the reader: "DWARF" or "table for go1.19". */
  readonly source: string;
  /** `sched` is a gobuf, whose second word (`sched + 8`) is the saved pc up to Go 1.27. */
  readonly g: {
    readonly m: number;
    readonly sched: number;
    readonly atomicstatus: number;
    readonly goid: number;
    readonly startpc: number;
  };
  readonly m: {
    readonly g0: number;
    readonly procid: number;
    readonly mstartfn: number;
    readonly curg: number;
    readonly p: number;
    readonly alllink: number;
  };
  readonly p: { readonly id: number; readonly status: number };
}

/**
 * Variables of package runtime: `gomaxprocs` int32; `allgs` []*g (pointer, length, capacity);
 * `allm` *m, linked by m.alllink; `allp` []*p.
 */
export type GoVariable = 'gomaxprocs' | 'allgs' | 'allm' | 'allp';

/** A function of the executable: `runtime.main` and its link-time address. */
export interface GoFunction {
  readonly name: string;
  readonly entry: bigint;
}

/** What a Go executable says about itself. All addresses are link-time: add the load bias for those of a process. */
export interface GoBinary {
  /** As the toolchain calls itself: "go1.22.3", "devel go1.28-0f6a2b3". Text from outside. */
  readonly version: string;
  /** Whether it was built with cgo; null where the build information does not say (before Go 1.18). */
  readonly cgo: boolean | null;
  readonly machine: 'x86_64' | 'aarch64' | 'other';
  readonly is64: boolean;
  readonly pie: boolean;
  /** Page-aligned address of the first PT_LOAD: load bias = where its page is mapped - this. */
  readonly loadAddress: bigint;
  /**
   * Lowest address of an executable PT_LOAD, as the kernel keeps it: load bias = mm->start_code - this (fs/binfmt_elf.c,
   * load_elf_binary).
   */
  readonly codeAddress: bigint;
  /** Null where neither DWARF nor the table has this version and machine. */
  readonly layout: GoLayout | null;
  /**
   * Where a variable may be, best first, none where it was not found. More than one only where they had to be guessed
   * from machine code: then only the live process tells which it is.
   */
  variable(name: GoVariable): readonly GoAddress[];
  /** The function an address lies in; a goroutine's wrapper (`main.main.gowrap1`) is resolved to what it calls. */
  functionAt(pc: bigint): GoFunction | null;
  /** Null where no function has that exact name. */
  entryOf(name: string): bigint | null;
  /** Where a thread's current g is stored, relative to its fsbase (negative); null where that could not be told. */
  readonly tlsOffset: bigint | null;
  close(): void;
}

/** A link-time address and how it was found. */
export interface GoAddress {
  readonly address: bigint;
  readonly source: 'symbol' | 'machine code';
}
