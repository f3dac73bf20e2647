/** What the Itanium C++ ABI abbreviates in mangled names (5.1: "Mangling"). */

export const BUILTIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    v: 'void',
    w: 'wchar_t',
    b: 'bool',
    c: 'char',
    a: 'signed char',
    h: 'unsigned char',
    s: 'short',
    t: 'unsigned short',
    i: 'int',
    j: 'unsigned int',
    l: 'long',
    m: 'unsigned long',
    x: 'long long',
    y: 'unsigned long long',
    n: '__int128',
    o: 'unsigned __int128',
    f: 'float',
    d: 'double',
    e: 'long double',
    g: '__float128',
    z: '...',
  }),
);

/** Behind a D. */
export const BUILTIN_D: ReadonlyMap<string, string> = new Map(
  Object.entries({ i: 'char32_t', s: 'char16_t', u: 'char8_t', a: 'auto', n: 'decltype(nullptr)' }),
);

/** How a literal of that type is written: what stands behind its digits. */
export const LITERAL_ENDING: ReadonlyMap<string, string> = new Map(
  Object.entries({ i: '', j: 'u', l: 'l', m: 'ul', x: 'll', y: 'ull' }),
);

/** What an abbreviation says of a type, and in full, as the scope of a name; and what its constructors are called. */
export const STANDARD: ReadonlyMap<string, { readonly text: string; readonly full: string; readonly last: string }> =
  new Map(
    Object.entries({
      a: { text: 'std::allocator', full: 'std::allocator', last: 'allocator' },
      b: { text: 'std::basic_string', full: 'std::basic_string', last: 'basic_string' },
      s: {
        text: 'std::string',
        full: 'std::basic_string<char, std::char_traits<char>, std::allocator<char> >',
        last: 'basic_string',
      },
      i: { text: 'std::istream', full: 'std::basic_istream<char, std::char_traits<char> >', last: 'basic_istream' },
      o: { text: 'std::ostream', full: 'std::basic_ostream<char, std::char_traits<char> >', last: 'basic_ostream' },
      d: { text: 'std::iostream', full: 'std::basic_iostream<char, std::char_traits<char> >', last: 'basic_iostream' },
    }),
  );

export const OPERATOR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    nw: ' new',
    na: ' new[]',
    dl: ' delete',
    da: ' delete[]',
    aw: ' co_await',
    ps: '+',
    ng: '-',
    ad: '&',
    de: '*',
    co: '~',
    pl: '+',
    mi: '-',
    ml: '*',
    dv: '/',
    rm: '%',
    an: '&',
    or: '|',
    eo: '^',
    aS: '=',
    pL: '+=',
    mI: '-=',
    mL: '*=',
    dV: '/=',
    rM: '%=',
    aN: '&=',
    oR: '|=',
    eO: '^=',
    ls: '<<',
    rs: '>>',
    lS: '<<=',
    rS: '>>=',
    eq: '==',
    ne: '!=',
    lt: '<',
    gt: '>',
    le: '<=',
    ge: '>=',
    ss: '<=>',
    nt: '!',
    aa: '&&',
    oo: '||',
    pp: '++',
    mm: '--',
    cm: ',',
    pm: '->*',
    pt: '->',
    cl: '()',
    ix: '[]',
  }),
);
