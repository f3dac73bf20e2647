/** Of pieces that stand in one row, the most important ones that fit into `width` columns, in their own order. */
export function mostImportant<Piece extends { readonly importance: number }>(
  pieces: readonly Piece[],
  width: number,
  columns: (piece: Piece) => number,
): Piece[] {
  let room = width;
  const taken = new Set<Piece>();
  for (const piece of pieces.toSorted((a, b) => b.importance - a.importance)) {
    if (columns(piece) > room) continue;
    room -= columns(piece);
    taken.add(piece);
  }
  return pieces.filter((piece) => taken.has(piece));
}
