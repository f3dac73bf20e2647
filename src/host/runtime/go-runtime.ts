import type { RoleRecord, RuntimeFacts } from '../../record/record.js';
import { readGoroutines } from './allgs.js';
import { readThreads } from './allm.js';
import { assumedGomaxprocs, type Capacity } from './assumed-gomaxprocs.js';
import { takeCensus } from './census.js';
import { gomaxprocsAddress, readGomaxprocs } from './gomaxprocs.js';
import { cannotTrace, type KernelGo, kernelGoOf } from './kernel-go.js';
import type { LoadedGo } from './loaded-go.js';
import { givenCapacity, type ObservedRuntime } from './observed-runtime.js';
import { startCode } from './start-code.js';
import { findSysmon } from './sysmon.js';
import { type Verification, verifyGoroutines } from './verify-goroutines.js';

/** Goroutines read in a census; some 10 ms; of more, every n-th. */
const CENSUS_ALL = 10_000;

/** A program that has just begun has no goroutines yet: so many readings may go by until it has. */
const PATIENCE = 10;

/** A running Go program. */
export class GoRuntime implements ObservedRuntime {
  readonly #go: LoadedGo;
  readonly #override: number | null;
  #facts: RuntimeFacts;
  #kernelGo: KernelGo | null;
  #gomaxprocs: bigint | null;
  #verification: Verification;
  #patience = PATIENCE;

  constructor(go: LoadedGo, override: number | null) {
    this.#go = go;
    this.#override = override;
    this.#gomaxprocs = gomaxprocsAddress(go.memory, go.binary, go.bias);
    this.#verification = verifyGoroutines(go);
    this.#kernelGo = this.#kernelView();
    this.#facts = this.#view();
  }

  get facts(): RuntimeFacts {
    return this.#facts;
  }

  get kernelGo(): KernelGo | null {
    return this.#kernelGo;
  }

  reread(): RuntimeFacts | null {
    const { memory, binary, bias } = this.#go;
    if (memory.word(binary.codeAddress + bias) === null) return null;
    if (this.#patience > 0 && (this.#gomaxprocs === null || !this.#verification.verified)) {
      this.#patience -= 1;
      this.#gomaxprocs ??= gomaxprocsAddress(memory, binary, bias);
      if (!this.#verification.verified) this.#verification = verifyGoroutines(this.#go);
      this.#kernelGo = this.#kernelView();
    }
    this.#facts = this.#view();
    return this.#facts;
  }

  census(): ReturnType<ObservedRuntime['census']> {
    const { memory, binary } = this.#go;
    if (!this.#verification.verified || binary.layout === null) return null;
    const reading = readGoroutines(memory, this.#verification.allgs, binary.layout.g, CENSUS_ALL);
    return reading === null ? null : takeCensus(reading);
  }

  roles(): readonly RoleRecord[] {
    const { memory, binary, bias, pid } = this.#go;
    const entry = binary.entryOf('runtime.sysmon');
    if (!this.#verification.verified || binary.layout === null || entry === null) return [];
    const threads = readThreads(memory, this.#verification.allm, binary.layout.m) ?? [];
    const sysmon = findSysmon(memory, pid, threads, entry + bias);
    return sysmon === null ? [] : [sysmon];
  }

  functionName(pc: bigint): string | null {
    const { binary, bias } = this.#go;
    return binary.functionAt(pc - bias)?.name ?? null;
  }

  close(): void {
    this.#go.memory.close();
    this.#go.binary.close();
  }

  #view(): RuntimeFacts {
    const capacity = this.#capacity();
    return {
      kind: 'go',
      version: this.#go.binary.version === '' ? null : this.#go.binary.version,
      capacity: capacity?.value ?? null,
      capacitySource: capacity?.source ?? null,
      goroutines: this.#verification.verified && this.#kernelGo !== null,
      goroutineDetail: cannotTrace(this.#go.binary) ?? this.#verification.detail,
    };
  }

  #capacity(): Capacity | null {
    const given = givenCapacity(this.#override);
    if (given !== null) return given;
    const { pid, memory, binary } = this.#go;
    const value = this.#gomaxprocs === null ? null : readGomaxprocs(memory, this.#gomaxprocs);
    return value === null
      ? assumedGomaxprocs(pid, binary.version)
      : { value, source: 'GOMAXPROCS, read from the process' };
  }

  #kernelView(): KernelGo | null {
    if (!this.#verification.verified) return null;
    const { pid, binary, bias } = this.#go;
    const start = startCode(pid) ?? binary.codeAddress + bias;
    const gomaxprocs = this.#override === null ? this.#gomaxprocs : null;
    return kernelGoOf(binary, gomaxprocs === null ? null : gomaxprocs - start);
  }
}
