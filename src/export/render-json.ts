/**
 * Controls and format characters (C0, DEL, C1, bidi, zero-width, U+2028/2029), which a terminal would act upon or hide:
 * people `cat` these files. Line feeds are left: unescaped ones are the layout, JSON.stringify escapes the rest.
 */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Half a surrogate pair: strict parsers refuse its escape, \ud800, and with it the whole document. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * A value as indented JSON text with a final line feed. Outside strings come through unchanged once parsed, but for lone
 * surrogates, which become U+FFFD; in the text itself everything unseen is \u-escaped.
 */
export function renderJson(value: unknown): string {
  const text = JSON.stringify(value, wellFormed, 2);
  return `${escapeUnseen(text)}\n`;
}

/** Text with what a terminal would act upon or hide written as JSON writes it. */
export function escapeUnseen(text: string): string {
  return text.replace(UNSEEN, escapeUnits);
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LONE_SURROGATE, '\ufffd') : value;
}

/** JSON knows only \u with four digits: a character beyond the BMP is escaped as its surrogate pair. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
