/**
 * A symbol of Rust in the newer way, `_RNvC6mycrate3foo` (RFC 2603), without the hashes of crates; null where it is none,
 * or has something in it that is rare (function pointers, trait objects, names in Punycode): then it is left as it is.
 */
export function demangleRustV0(symbol: string): string | null {
  const [, text] = /^_R([A-Z]\w*)(?:\.[\w.]*)?$/.exec(symbol) ?? [];
  if (text === undefined || text.length > LONGEST) return null;
  try {
    return new Parser(text).path(true);
  } catch (error) {
    if (error instanceof Unsure) return null;
    throw error;
  }
}

const LONGEST = 4096;
const DEEPEST = 64;
/** Names that refer back to themselves over and over grow beyond all bounds. */
const MOST_STEPS = 2000;

class Unsure extends Error {}

const BASIC: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'i8',
    b: 'bool',
    c: 'char',
    d: 'f64',
    e: 'str',
    f: 'f32',
    h: 'u8',
    i: 'isize',
    j: 'usize',
    l: 'i32',
    m: 'u32',
    n: 'i128',
    o: 'u128',
    s: 'i16',
    t: 'u16',
    u: '()',
    v: '...',
    x: 'i64',
    y: 'u64',
    z: '!',
    p: '_',
  }),
);

const SIGNED = 'ailnsx';
const UNSIGNED = 'hjmoty';

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `isValue`: of a function, whose generic arguments stand behind `::`. */
  path(isValue: boolean): string {
    return this.#deeper(() => this.#anyPath(isValue));
  }

  #anyPath(isValue: boolean): string {
    switch (this.#next()) {
      case 'C':
        return this.#identifier().name;
      case 'M':
        this.#implPath();
        return `<${this.#type()}>`;
      case 'X': {
        this.#implPath();
        return `<${this.#type()} as ${this.path(false)}>`;
      }
      case 'Y':
        return `<${this.#type()} as ${this.path(false)}>`;
      case 'N':
        return this.#inside(isValue);
      case 'I': {
        const path = this.path(isValue);
        const args: string[] = [];
        while (!this.#takes('E')) args.push(this.#genericArg());
        return `${path}${isValue ? '::' : ''}<${args.join(', ')}>`;
      }
      case 'B':
        return this.#back(() => this.path(isValue));
      default:
        throw new Unsure();
    }
  }

  #inside(isValue: boolean): string {
    const namespace = this.#next();
    const path = this.path(isValue);
    const { name, number } = this.#identifier();
    if (/[a-z]/.test(namespace)) return name === '' ? path : `${path}::${name}`;
    const kind = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace;
    return `${path}::{${kind}${name === '' ? '' : `:${name}`}#${number}}`;
  }

  /** Where an impl stands says nothing to a reader. */
  #implPath(): void {
    if (this.#takes('s')) this.#base62();
    this.path(false);
  }

  #identifier(): { readonly name: string; readonly number: number } {
    const number = this.#takes('s') ? this.#base62() + 1 : 0;
    if (this.#takes('u')) throw new Unsure();
    const digits = /^(?:0|[1-9]\d{0,3})/.exec(this.#text.slice(this.#at, this.#at + 4))?.[0];
    if (digits === undefined) throw new Unsure();
    this.#at += digits.length;
    this.#takes('_');
    const name = this.#text.slice(this.#at, this.#at + Number(digits));
    if (name.length < Number(digits)) throw new Unsure();
    this.#at += name.length;
    return { name, number };
  }

  #genericArg(): string {
    if (this.#takes('L')) {
      if (this.#base62() !== 0) throw new Unsure();
      return "'_";
    }
    return this.#takes('K') ? this.#constant() : this.#type();
  }

  #type(): string {
    return this.#deeper(() => this.#anyType());
  }

  #anyType(): string {
    const letter = this.#text[this.#at] ?? '';
    const basic = BASIC.get(letter);
    if (basic !== undefined) {
      this.#at += 1;
      return basic;
    }
    if (/[CMXYNI]/.test(letter)) return this.path(false);
    this.#at += 1;
    switch (letter) {
      case 'A':
        return `[${this.#type()}; ${this.#constant()}]`;
      case 'S':
        return `[${this.#type()}]`;
      case 'R':
        return `&${this.#lifetime()}${this.#type()}`;
      case 'Q':
        return `&${this.#lifetime()}mut ${this.#type()}`;
      case 'P':
        return `*const ${this.#type()}`;
      case 'O':
        return `*mut ${this.#type()}`;
      case 'T':
        return this.#tuple();
      case 'B':
        return this.#back(() => this.#type());
      default:
        throw new Unsure();
    }
  }

  #tuple(): string {
    const parts: string[] = [];
    while (!this.#takes('E')) parts.push(this.#type());
    return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
  }

  /** Only an erased one can be in a symbol without trait objects and function pointers. */
  #lifetime(): string {
    if (this.#takes('L') && this.#base62() !== 0) throw new Unsure();
    return '';
  }

  #constant(): string {
    const type = this.#next();
    if (type === 'B') return this.#back(() => this.#constant());
    if (type === 'p') return '_';
    const [, minus = '', digits] = /^(n?)([0-9a-f]{0,16})_/.exec(this.#text.slice(this.#at, this.#at + 20)) ?? [];
    if (digits === undefined) throw new Unsure();
    this.#at += minus.length + digits.length + 1;
    const value = BigInt(`0x0${digits}`);
    if (type === 'b' && value < 2n && minus === '') return value === 1n ? 'true' : 'false';
    if (SIGNED.includes(type)) return `${minus === '' ? '' : '-'}${value}`;
    if (UNSIGNED.includes(type) && minus === '') return `${value}`;
    throw new Unsure();
  }

  /** What stands at an earlier place of the symbol. */
  #back(read: () => string): string {
    const place = this.#base62();
    const here = this.#at;
    if (place >= here) throw new Unsure();
    this.#at = place;
    const text = read();
    this.#at = here;
    return text;
  }

  /** `_` is 0, `0_` is 1. Hashes of crates are too long to be exact: they are not told. */
  #base62(): number {
    const digits = /^([0-9a-zA-Z]{0,12})_/.exec(this.#text.slice(this.#at, this.#at + 13))?.[1];
    if (digits === undefined) throw new Unsure();
    this.#at += digits.length + 1;
    if (digits === '') return 0;
    return [...digits].reduce((sum, digit) => sum * 62 + DIGITS.indexOf(digit), 0) + 1;
  }

  #deeper(read: () => string): string {
    this.#depth += 1;
    this.#steps += 1;
    if (this.#depth > DEEPEST || this.#steps > MOST_STEPS) throw new Unsure();
    const text = read();
    if (text.length > LONGEST) throw new Unsure();
    this.#depth -= 1;
    return text;
  }

  #next(): string {
    const letter = this.#text[this.#at] ?? '';
    this.#at += 1;
    return letter;
  }

  #takes(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
