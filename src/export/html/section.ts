import { type Html, html, type Piece } from './html.js';

/** One part of the page. */
export interface Section {
  /** What links lead to it by. */
  readonly id: string;
  readonly title: string;
  readonly body: Piece;
}

export function sectionHtml({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>
`;
}

/** What is not needed at first glance. */
export function details(summary: string, body: Piece): Html {
  return html`<details><summary>${summary}</summary>${body}</details>`;
}
