import { all, first } from './dom.js';

/** Puts a button into every heading, which sorts its table. */
export function sortableTables(): void {
  for (const table of all(document, 'table', HTMLTableElement)) {
    const body = table.tBodies[0];
    if (body === undefined || body.rows.length < 2) continue;
    for (const [column, heading] of all(table, 'thead th', HTMLTableCellElement).entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => sortBy(body, heading, column));
    }
  }
}

/** Figures most first, texts in their order; a second time the other way round. Rows without a figure stay last. */
function sortBy(body: HTMLTableSectionElement, heading: HTMLTableCellElement, column: number): void {
  const isFigure = heading.classList.contains('n');
  const before = heading.getAttribute('aria-sort');
  const descending = before === null ? isFigure : before === 'ascending';
  for (const other of all(heading.parentElement ?? document, 'th', HTMLTableCellElement)) {
    other.removeAttribute('aria-sort');
  }
  heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column], isFigure) }));
  rows.sort((a, b) => compare(a.key, b.key, descending));
  body.append(...rows.map(({ row }) => row));
}

function keyOf(cell: HTMLTableCellElement | undefined, isFigure: boolean): number | string | null {
  if (!isFigure) return cell?.textContent ?? '';
  const value = cell?.dataset.v ?? '';
  return value === '' ? null : Number(value);
}

function compare(a: number | string | null, b: number | string | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return descending ? -order : order;
}

/** What scrolls sideways must be reachable by keyboard, and what does not is no stop on the way. */
export function reachableScrollers(): void {
  const update = (): void => {
    for (const box of all(document, '.scroll', HTMLElement)) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute('role', 'group');
        box.setAttribute(
          'aria-label',
          `${first(box, 'caption', HTMLElement)?.textContent ?? 'table'}, scrolls sideways`,
        );
      } else {
        for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
      }
    }
  };
  addEventListener('resize', update);
  document.addEventListener('toggle', update, true);
  update();
}
