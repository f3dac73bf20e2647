import fc from 'fast-check';

/** Names that a hostile process may give itself: controls, escapes, bidi overrides, half a surrogate pair. */
export const HOSTILE_NAMES = [
  '"\\\n\r\t\0',
  '\u001b]0;owned\u0007\u001b[2J',
  '\u009b31m\u007f\u0085',
  '\u2028\u2029\u202e\u2066\ufeff',
  '\ud800 \udfff',
  '\u{1f4a5}\u{e0041}',
  '{red-fg}x{/} </script>',
  '',
];

/** Any UTF-16, lone surrogates and controls included. */
export const outside = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);

export const unknown = <T>(known: fc.Arbitrary<T>) => fc.option(known, { nil: null });
