import { safeText } from '../../text/safe.js';

/** Markup that was made here, not a text from outside: only {@link html} makes any. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: texts are escaped, markup stays, null is nothing. */
export type Piece = Html | string | number | null | readonly Piece[];

/** A template whose every value is escaped unless it is markup. Attributes have to be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  let markup = strings[0] ?? '';
  for (const [index, value] of values.entries()) markup += markupOf(value) + (strings[index + 1] ?? '');
  return new Html(markup);
}

function markupOf(value: Piece): string {
  if (value === null) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(markupOf).join('');
}

/** The one way of a text into the page, for elements and quoted attributes alike: safe to show, and no markup. */
function escapeText(text: string): string {
  return safeText(text)
    .replace(NO_CHARACTERS, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Code points that stand for nothing: no document may hold them. */
const NO_CHARACTERS = /\p{Noncharacter_Code_Point}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Data for the page's script: JSON in which nothing can end its element, nor be taken for another one's begin. */
export function dataElement(id: string, data: unknown): Html {
  const json = JSON.stringify(data, (_key, value: unknown) => (typeof value === 'string' ? safeText(value) : value));
  const escaped = json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return html`<script type="application/json" id="${id}">${new Html(escaped)}</script>`;
}
