import type { Dice } from './dice.js';
import type { FaultPlace, SimFault } from './threads-script.js';
import { SECOND } from './threads-script.js';

const DEVICE = (8 << 20) | 1;
/** Bytes of each file, all of it mapped. */
const FILE_BYTES = 1n << 26n;
const FILES = 200;
const PAGE_BYTES = 4096n;

interface MappedFile {
  readonly inode: bigint;
  readonly start: bigint;
  readonly path: string;
}

/** What the target does beside its threads: it maps a new file every other second, and unmaps the oldest. */
export class Target {
  readonly #dice: Dice;
  #files: MappedFile[] = [];
  #made = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
    for (let index = 0; index < FILES; index += 1) this.#map();
  }

  second(nowNs: number): void {
    if (Math.round(nowNs / SECOND) % 2 !== 0) return;
    // The first ten files stay for good.
    this.#files = [...this.#files.slice(0, 10), ...this.#files.slice(11)];
    this.#map();
  }

  get files(): readonly MappedFile[] {
    return this.#files;
  }

  get device(): number {
    return DEVICE;
  }

  /** /proc/PID/maps */
  *maps(): Generator<string> {
    const lines = this.#files.map(({ start, inode, path }) => {
      const range = `${start.toString(16)}-${(start + FILE_BYTES).toString(16)}`;
      return `${range} r--s 00000000 08:01 ${inode}                      ${path}\n`;
    });
    yield lines.join('');
  }

  placeOf(_fault: SimFault): FaultPlace {
    const { start, inode } = this.#dice.oneIn(2) ? this.#dice.of(this.#files.slice(0, 10)) : this.#dice.of(this.#files);
    const page = this.#dice.below(Number(FILE_BYTES / PAGE_BYTES));
    const of = this.#dice.below(60);
    return {
      address: start + BigInt(page) * PAGE_BYTES,
      device: DEVICE,
      inode,
      page,
      goid: 1 + this.#made * 10 + this.#dice.below(1000),
      startPc: BigInt(0x480000 + of * 0x100),
    };
  }

  /** Addresses never come back. */
  #map(): void {
    this.#made += 1;
    const start = 0x7000_0000_0000n + BigInt(this.#made) * FILE_BYTES * 2n;
    this.#files.push({ inode: BigInt(1000 + this.#made), start, path: `/data/segment-${this.#made}.sst` });
  }
}
