/**
 * What an outside string (a thread's name, a path, a command line) may look like when it is shown: one line of printable
 * characters. Control characters are gone, escape sequences as a whole; line breaks and tabs are spaces; nothing that
 * turns the direction of writing, is invisible or cannot be encoded is left. Braces stay: no widget here reads tags.
 */
export function safeText(value: string): string {
  if (PLAIN.test(value)) return value;
  return value
    .replace(ESCAPE_SEQUENCES, '')
    .replace(BREAKS, ' ')
    .replace(UNPRINTABLE, '')
    .replace(LEADING_MARKS, '')
    .replace(PILED_MARKS, '$1');
}

const PLAIN = /^[\x20-\x7e]*$/;

/**
 * ECMA-48: control strings (DCS, SOS, OSC, PM, APC) up to their terminator or the end; CSI sequences; other escapes.
 * A name cut at 15 bytes ends in the middle of a sequence: the parts that may be missing are optional.
 */
const ESCAPE_SEQUENCES = new RegExp(
  [
    '(?:\\x1b[PX\\]^_]|[\\x90\\x98\\x9d\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)?',
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?',
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

const BREAKS = /\r\n|[\t\n\v\f\r\x85\u2028\u2029]/g;

/** C0, C1, format characters (bidi, zero width), lone surrogates, and what Unicode says to ignore when unsupported. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** They would be drawn onto the character before the string. */
const LEADING_MARKS = /^\p{M}+/u;

/** No script needs more than three marks on one character; a hundred of them paint over the lines around. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
