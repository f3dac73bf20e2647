import type { GoBinary } from '../go/types.js';
import type { ProcessMemory } from './process-memory.js';

/** A Go program, and by how much its addresses are higher than in its file. */
export interface LoadedGo {
  readonly pid: number;
  readonly binary: GoBinary;
  readonly memory: ProcessMemory;
  readonly bias: bigint;
}
