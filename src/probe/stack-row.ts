/** One row of a map keyed by stacks, as bpftrace prints it in text mode: `@name[key, stack, ...]: id`. */
export interface StackRow {
  readonly map: string;
  readonly key: string;
  /** As many as the map has; addresses innermost first. Empty where none could be walked. */
  readonly stacks: readonly (readonly bigint[])[];
  readonly id: bigint;
}

/** A row has a line a frame; none of ours has more. */
const MOST_LINES = 300;

const BEGIN = /^@\w+\[-?\d{1,20}, /;
const END = /\]: (\d{1,20})$/;
const ROW = /^@(\w+)\[(-?\d{1,20}), (.*)\]: (\d{1,20})$/s;

/** Puts together the lines of rows that go over several. Nothing in it throws. */
export class StackRowReader {
  readonly #isKnown: (id: bigint) => boolean;
  #lines: string[] = [];

  /** Rows never change: one whose `id` is known already is not looked at any closer. */
  constructor(isKnown: (id: bigint) => boolean) {
    this.#isKnown = isKnown;
  }

  get inRow(): boolean {
    return this.#lines.length > 0;
  }

  /** Whether a row of stacks begins with this line. */
  static begins(line: string): boolean {
    return BEGIN.test(line);
  }

  /** Null where what was read is no such row. */
  line(line: string): StackRow | 'more' | 'known' | null {
    this.#lines.push(line);
    const id = END.exec(line)?.[1];
    if (id === undefined) {
      if (this.#lines.length <= MOST_LINES) return 'more';
      this.drop();
      return null;
    }
    const lines = this.#lines;
    this.drop();
    return this.#isKnown(BigInt(id)) ? 'known' : parseRow(lines.join('\n'));
  }

  drop(): void {
    this.#lines = [];
  }
}

function parseRow(text: string): StackRow | null {
  const [, map, key, body, id] = ROW.exec(text) ?? [];
  if (map === undefined || key === undefined || body === undefined || id === undefined) return null;
  const stacks: bigint[][] = [];
  for (const part of body.split(', ')) {
    const stack = parseStack(part);
    if (stack === null) return null;
    stacks.push(stack);
  }
  return { map, key, stacks, id: BigInt(id) };
}

/** A frame is an address; 0.17, which cannot print it alone, has its name for it behind. */
const FRAME = /^\s*([0-9a-f]{1,16})(?: \S.*)?$/;

function parseStack(text: string): bigint[] | null {
  const addresses: bigint[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const address = FRAME.exec(line)?.[1];
    if (address === undefined) return null;
    addresses.push(BigInt(`0x${address}`));
  }
  return addresses;
}
