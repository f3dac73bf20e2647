/** What rustc writes for characters that no symbol may hold (rustc_symbol_mangling/src/legacy.rs: sanitize()). */
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' }),
);

/**
 * A symbol of Rust in the older way, `_ZN4core3ptr4read17h0123456789abcdefE`, without its hash; null where it is none. It
 * looks like one of C++, but for the hash.
 */
export function demangleRustLegacy(symbol: string): string | null {
  // Names are told apart below: a pattern that did it would try all ways to, which in a long symbol takes for ever.
  const [, body] = /^_ZN([\w.$]+)17h[0-9a-f]{16}E(?:\.[\w.]*)?$/.exec(symbol) ?? [];
  if (body === undefined) return null;
  const parts: string[] = [];
  for (let at = 0; at < body.length; ) {
    const digits = /^\d+/.exec(body.slice(at, at + 5))?.[0] ?? '';
    const start = at + digits.length;
    const part = body.slice(start, start + Number(digits));
    if (part === '' || part.length < Number(digits)) return null;
    parts.push(unescaped(part));
    at = start + part.length;
  }
  return parts.length === 0 ? null : parts.join('::');
}

function unescaped(part: string): string {
  // An underscore keeps a name from beginning with an escape.
  const name = part.startsWith('_$') ? part.slice(1) : part;
  return name
    .replace(/\$(u[0-9a-f]{1,6}|[A-Z]{1,2})\$/g, (whole, code: string) => {
      if (!code.startsWith('u')) return ESCAPES.get(code) ?? whole;
      const point = Number.parseInt(code.slice(1), 16);
      return point > 0x1f && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll('..', '::');
}
