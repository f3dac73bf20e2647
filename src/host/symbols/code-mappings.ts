import { MappingTable } from '../mapping-table.js';
import type { Mapping } from '../mappings.js';
import { chunksOf, linesOf } from '../proc-lines.js';
import { readVisible } from '../system-error.js';

/** The mappings are read again no sooner than this, and no more of the time than one part in a hundred. */
const PAUSE_NS = 1_000_000_000n;
const COST_FACTOR = 100n;
/** Where an address is in none of them: sooner. */
const URGENT = 10n;

/** Lines that are looked through for an address. */
const PIECE = 64;

const EXECUTABLE = /^\S+ ..x/;

/** The executable mappings of a process, as of lately; those of its end, after its end. */
export class CodeMappings {
  readonly #path: string;
  readonly #nowNs: () => bigint;
  #mappings = new MappingTable();
  #text = '';
  #readNs: bigint | null = null;
  #pauseNs = 0n;
  #changes = 0;

  constructor(pid: number, nowNs: () => bigint, path = `/proc/${pid}/maps`) {
    this.#path = path;
    this.#nowNs = nowNs;
  }

  /** How often they were found changed: as long as it is the same, an address is in the mapping that it was in. */
  get changes(): number {
    return this.#changes;
  }

  /** Reads them anew, where that is due. */
  refresh(): void {
    this.#refresh(1n);
  }

  /** Null where the address is in no executable mapping. */
  find(address: bigint): Mapping | null {
    const found = this.#mappings.at(address);
    if (found !== null) return found;
    this.#refresh(URGENT);
    return this.#mappings.at(address);
  }

  #refresh(haste: bigint): void {
    const beganNs = this.#nowNs();
    if (this.#readNs !== null && beganNs - this.#readNs < this.#pauseNs / haste) return;
    const lines = readVisible(() => [...linesOf(chunksOf(this.#path))].filter((line) => EXECUTABLE.test(line))) ?? [];
    this.#readNs = this.#nowNs();
    const costNs = (this.#readNs - beganNs) * COST_FACTOR;
    this.#pauseNs = costNs > PAUSE_NS ? costNs : PAUSE_NS;
    const pieces = Array.from({ length: Math.ceil(lines.length / PIECE) }, (_, piece) =>
      lines
        .slice(piece * PIECE, (piece + 1) * PIECE)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const text = pieces.join('');
    // A process that ends loses its mappings before its last stacks are told.
    if (text === '' || text === this.#text) return;
    this.#text = text;
    this.#mappings = new MappingTable();
    for (const piece of pieces) this.#mappings.add(piece);
    this.#changes += 1;
  }
}
