import { cell, columnsOf, graphemes } from './cell.js';

/** Cutting at a slash may cost this share of the width. */
const SPENT_ON_SLASH = 0.4;

/**
 * A path, made safe, in exactly `width` terminal columns: its end tells files apart, so the begin goes, up to a slash where
 * one is near ("~/data/cold.dat").
 */
export function pathCell(path: string, width: number): string {
  if (width <= 0 || columnsOf(path) <= width) return cell(path, width);
  const end = lastColumns(path, width - 1);
  const slash = end.indexOf('/');
  const kept = slash > 0 && columnsOf(end.slice(0, slash)) <= width * SPENT_ON_SLASH ? end.slice(slash) : end;
  return cell(`~${kept}`, width);
}

/** The end of a text, at most `width` columns of it. */
function lastColumns(text: string, width: number): string {
  let end = '';
  let columns = 0;
  for (const grapheme of [...graphemes(text)].reverse()) {
    if (columns + grapheme.columns > width) break;
    end = grapheme.text + end;
    columns += grapheme.columns;
  }
  return end;
}
