import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The page's own script and style, as `npm run build` has left them (scripts/build-page.mjs). */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Found from src and from dist alike. */
export function pageAssets(): PageAssets {
  const read = (name: string): string => readFileSync(new URL(`../../../dist/page/${name}`, import.meta.url), 'utf8');
  return { script: read('report.js'), style: read('report.css') };
}

/** Nothing but these two may run or style the page, and nothing at all may be fetched. */
export function contentPolicy({ script, style }: PageAssets): string {
  return `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
