/** Cells brought to another number of columns; each column has what lies in it, so that the sum stays. */
export function toColumns(cells: readonly number[], columns: number): number[] {
  const each = cells.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    const [from, to] = [column * each, (column + 1) * each];
    let sum = 0;
    for (let at = Math.floor(from); at < Math.min(cells.length, Math.ceil(to)); at += 1) {
      sum += (cells[at] ?? 0) * (Math.min(at + 1, to) - Math.max(at, from));
    }
    return sum;
  });
}
