import { BUILTIN, BUILTIN_D, LITERAL_ENDING, OPERATOR, STANDARD } from './itanium-words.js';

/**
 * The function that a symbol of C++ names, without its parameters, as `c++filt -p` prints it; null where the name has
 * something in it that is rare (expressions, decltype, parameters of templates): then it is not known for certain.
 */
export function demangleItanium(symbol: string): string | null {
  if (!symbol.startsWith('_Z') || symbol.length > LONGEST) return null;
  // What compilers append to clones of a function.
  const text = symbol.replace(/\.[\w.]*$/, '').slice(2);
  try {
    const name = new Parser(text).symbol();
    return name.length > LONGEST ? null : name;
  } catch (error) {
    if (error instanceof Unsure) return null;
    throw error;
  }
}

const LONGEST = 4096;
const DEEPEST = 64;

class Unsure extends Error {}

/** A type as it is written around what it is the type of: `void (*` and `)(int)`. */
interface Type {
  readonly left: string;
  readonly right: string;
  /** A function or an array: a pointer to it needs parentheses. */
  readonly isDeclarator: boolean;
}

/** A part of a name. `last`: what a constructor of it is called. */
interface Name {
  readonly text: string;
  readonly last: string;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #substitutions: (Name & Partial<Type>)[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  symbol(): string {
    if (this.#takes('Th')) return this.#thunk('non-virtual thunk to ', 1);
    if (this.#takes('Tv')) return this.#thunk('virtual thunk to ', 2);
    const { text } = this.#name();
    return text;
  }

  /** `n16_`: offsets say nothing to a reader. */
  #thunk(words: string, offsets: number): string {
    const offset = /n?\d+_/y;
    for (let left = offsets; left > 0; left -= 1) this.#match(offset);
    return `${words}${this.#name().text}()`;
  }

  #name(): Name {
    if (this.#takes('N')) return this.#nested();
    if (this.#takes('Z')) return this.#local();
    let name: Name;
    if (this.#peek() === 'S' && this.#peek(1) !== 't') {
      name = this.#substitution();
      if (this.#peek() !== 'I') throw new Unsure();
    } else {
      const scope = this.#takes('St') ? 'std::' : '';
      const part = this.#unqualified(null);
      name = { ...part, text: scope + part.text };
      if (this.#peek() === 'I') this.#substitutions.push(name);
    }
    return this.#peek() === 'I' ? this.#templated(name) : name;
  }

  #nested(): Name {
    this.#match(/[rVK]*[RO]?/y);
    let name: Name | null = null;
    while (!this.#takes('E')) {
      const next = this.#peek();
      if (next === 'I') {
        if (name === null) throw new Unsure();
        name = this.#templated(name);
      } else if (next === 'S' && this.#peek(1) !== 't') {
        if (name !== null) throw new Unsure();
        name = this.#substitution(true);
        continue;
      } else if (next === 'S') {
        if (name !== null) throw new Unsure();
        this.#at += 2;
        name = { text: 'std', last: 'std' };
        continue;
      } else {
        const part: Name = this.#unqualified(name);
        name = name === null ? part : { text: `${name.text}::${part.text}`, last: part.last };
      }
      if (this.#peek() !== 'E') this.#substitutions.push(name);
    }
    if (name === null) throw new Unsure();
    return name;
  }

  /** Inside of a function, whose parameters have to be passed over to find its end. */
  #local(): Name {
    const outer = this.#name();
    const isTemplate = outer.text.endsWith('>');
    if (isTemplate) throw new Unsure();
    while (!this.#takes('E')) this.#type();
    if (this.#peek() === 's' || this.#peek() === 'd') throw new Unsure();
    const inner = this.#name();
    this.#match(/(?:_\d|__\d+_)?/y);
    return { text: `${outer.text}::${inner.text}`, last: inner.last };
  }

  #templated(name: Name): Name {
    const args = this.#templateArgs();
    // Two brackets in a row are a shift.
    // Substitutions of substitutions grow beyond all bounds.
    if (name.text.length + args.length > LONGEST) throw new Unsure();
    const [begin, end] = [name.text.endsWith('<') ? ' ' : '', args.endsWith('>') ? ' ' : ''];
    return { text: `${name.text}${begin}<${args}${end}>`, last: name.last };
  }

  #templateArgs(): string {
    this.#expect('I');
    const args: string[] = [];
    while (!this.#takes('E')) args.push(...this.#templateArg());
    return args.join(', ');
  }

  #templateArg(): readonly string[] {
    if (this.#takes('J')) {
      const args: string[] = [];
      while (!this.#takes('E')) args.push(...this.#templateArg());
      return args;
    }
    if (this.#takes('L')) return [this.#literal()];
    if (this.#peek() === 'X') throw new Unsure();
    return [written(this.#type())];
  }

  #literal(): string {
    const code = this.#peek();
    if (code === '_') throw new Unsure();
    const type = this.#type();
    const [, minus, digits] = this.#match(/(n?)(\d+)E/y);
    const number = (minus === 'n' ? '-' : '') + digits;
    if (code === 'b') return number === '0' ? 'false' : number === '1' ? 'true' : `(bool)${number}`;
    const ending = LITERAL_ENDING.get(code);
    return ending === undefined ? `(${written(type)})${number}` : number + ending;
  }

  /** `scope` is what it stands in, for constructors. */
  #unqualified(scope: Name | null): Name {
    const next = this.#peek();
    let part: Name;
    this.#takes('L');
    if (/\d/.test(this.#peek())) part = this.#source();
    else if (next === 'C' || next === 'D') part = this.#structor(scope);
    else if (next === 'U') part = this.#unnamed();
    else part = this.#operator();
    while (this.#takes('B')) part = { ...part, text: `${part.text}[abi:${this.#source().text}]` };
    return part;
  }

  #source(): Name {
    const length = Number(this.#match(/\d{1,4}/y)[0]);
    const text = this.#text.slice(this.#at, this.#at + length);
    if (length === 0 || text.length < length) throw new Unsure();
    this.#at += length;
    const name = /^_GLOBAL_[._$]N/.test(text) ? '(anonymous namespace)' : text;
    return { text: name, last: name };
  }

  #structor(scope: Name | null): Name {
    if (scope === null) throw new Unsure();
    const [, kind] = this.#match(/([CD])[0-5]/y);
    return { text: kind === 'C' ? scope.last : `~${scope.last}`, last: scope.last };
  }

  #unnamed(): Name {
    if (this.#takes('Ut')) {
      const number = this.#sequence(/(\d*)_/y);
      return both(`{unnamed type#${number}}`);
    }
    if (!this.#takes('Ul')) throw new Unsure();
    const parameters: string[] = [];
    while (!this.#takes('E')) parameters.push(written(this.#type()));
    const list = parameters.length === 1 && parameters[0] === 'void' ? '' : parameters.join(', ');
    return both(`{lambda(${list})#${this.#sequence(/(\d*)_/y)}}`);
  }

  /** Nothing for the first, 0 for the second. */
  #sequence(pattern: RegExp): number {
    const [, digits] = this.#match(pattern);
    return digits === '' ? 1 : Number(digits) + 2;
  }

  #operator(): Name {
    if (this.#takes('cv')) return both(`operator ${written(this.#type())}`);
    if (this.#takes('li')) return both(`operator"" ${this.#source().text}`);
    const sign = OPERATOR.get(this.#text.slice(this.#at, this.#at + 2));
    if (sign === undefined) throw new Unsure();
    this.#at += 2;
    return both(`operator${sign}`);
  }

  /** `isScope`: more of a name follows. */
  #substitution(isScope = false): Name & Partial<Type> {
    this.#expect('S');
    const standard = STANDARD.get(this.#peek());
    if (standard !== undefined) {
      this.#at += 1;
      const { text, full, last } = standard;
      return { text: isScope ? full : text, last };
    }
    const [, digits = ''] = this.#match(/([0-9A-Z]*)_/y);
    const found = this.#substitutions[digits === '' ? 0 : Number.parseInt(digits, 36) + 1];
    if (found === undefined) throw new Unsure();
    return found;
  }

  #type(): Type {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Unsure();
    const type = this.#anyType();
    this.#depth -= 1;
    return type;
  }

  #anyType(): Type {
    const next = this.#peek();
    const builtin = BUILTIN.get(next);
    if (builtin !== undefined) {
      this.#at += 1;
      return plain(builtin);
    }
    switch (next) {
      case 'P':
        return this.#indirect('*');
      case 'R':
        return this.#indirect('&');
      case 'O':
        return this.#indirect('&&');
      case 'r':
      case 'V':
      case 'K':
        return this.#qualified();
      case 'F':
        return this.#kept(this.#function());
      case 'D':
        return this.#builtinD();
      case 'S':
        return this.#classOrSubstitution();
      case 'N':
      case 'Z':
        return this.#kept(plain(this.#name().text));
      default:
        if (!/\d/.test(next)) throw new Unsure();
        return this.#class();
    }
  }

  #class(): Type {
    const name = this.#name();
    return this.#kept(plain(name.text), name.last);
  }

  #classOrSubstitution(): Type {
    if (this.#peek(1) === 't') return this.#class();
    const found = this.#substitution();
    if (this.#peek() !== 'I') return asType(found);
    const name = this.#templated(found);
    return this.#kept(plain(name.text), name.last);
  }

  #indirect(sign: string): Type {
    this.#at += 1;
    const { left, right, isDeclarator } = this.#type();
    // A reference to a reference is one: rare enough to be left alone.
    if (sign !== '*' && left.endsWith('&')) throw new Unsure();
    if (!isDeclarator) return this.#kept({ left: left + sign, right, isDeclarator });
    return this.#kept({ left: `${left} (${sign}`, right: `)${right}`, isDeclarator: false });
  }

  #qualified(): Type {
    const [letters = ''] = this.#match(/r?V?K?/y);
    if (this.#peek() === 'F') throw new Unsure();
    const { left, right, isDeclarator } = this.#type();
    if (isDeclarator) throw new Unsure();
    const words = (letters.includes('K') ? ' const' : '') + (letters.includes('V') ? ' volatile' : '');
    if (letters.includes('r') || (words !== '' && / (const|volatile)$/.test(left))) throw new Unsure();
    return this.#kept({ left: left + words, right, isDeclarator });
  }

  #function(): Type {
    this.#expect('F');
    if (this.#takes('Y')) throw new Unsure();
    const result = this.#type();
    if (result.right !== '') throw new Unsure();
    const parameters: string[] = [];
    while (!this.#takes('E')) {
      if (/[RO]E/.test(this.#text.slice(this.#at, this.#at + 2))) throw new Unsure();
      parameters.push(written(this.#type()));
    }
    const list = parameters.length === 1 && parameters[0] === 'void' ? '' : parameters.join(', ');
    return { left: result.left, right: `(${list})`, isDeclarator: true };
  }

  #builtinD(): Type {
    const name = BUILTIN_D.get(this.#peek(1));
    if (name === undefined) throw new Unsure();
    this.#at += 2;
    return plain(name);
  }

  #kept(type: Type, last = ''): Type {
    const text = written(type);
    if (text.length > LONGEST) throw new Unsure();
    this.#substitutions.push({ text, last, ...type });
    return type;
  }

  #peek(ahead = 0): string {
    return this.#text[this.#at + ahead] ?? '';
  }

  #takes(wanted: string): boolean {
    if (!this.#text.startsWith(wanted, this.#at)) return false;
    this.#at += wanted.length;
    return true;
  }

  #expect(wanted: string): void {
    if (!this.#takes(wanted)) throw new Unsure();
  }

  /** `pattern` is sticky. */
  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new Unsure();
    this.#at += found[0].length;
    return found;
  }
}

function both(text: string): Name {
  return { text, last: text };
}

function plain(left: string): Type {
  return { left, right: '', isDeclarator: false };
}

function asType({ text, left = text, right = '', isDeclarator = false }: Name & Partial<Type>): Type {
  return { left, right, isDeclarator };
}

function written({ left, right, isDeclarator }: Type): string {
  return isDeclarator ? `${left} ${right}` : left + right;
}
