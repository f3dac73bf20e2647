import { all } from './dom.js';

/** Paper cannot be clicked on: what is folded is unfolded for it, and folded again. */
export function unfoldForPrint(): void {
  let folded: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    folded = all(document, 'details:not([open])', HTMLDetailsElement);
    for (const one of folded) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of folded) one.open = false;
    folded = [];
  });
}
