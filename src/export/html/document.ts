import type { Snapshot } from '../../model/snapshot.js';
import { targetName } from '../../text/target-name.js';
import { formatClock } from '../../text/units.js';
import { contentPolicy, type PageAssets } from './assets.js';
import { Html, html } from './html.js';
import type { Section } from './section.js';

/** What stands above the sections. */
export interface PageTop {
  readonly version: string;
  readonly title: string;
  /** Beside the button that changes the colours. */
  readonly heading: Html;
}

/** Of one session. */
export function pageHead(snapshot: Snapshot, assets: PageAssets, sections: readonly Section[]): Html {
  const { target, window, tool } = snapshot;
  const name = targetName(target);
  const startedAt = startText(window.startedAtMs);
  const heading = html`<h1>${name}</h1>
<p>${target.exe ?? ''}</p>
<p>observed for ${formatClock(window.durationNs)} from <time datetime="${startText(window.startedAtMs, 'T')}Z">${startedAt} UTC</time></p>`;
  return pageTop({ version: tool.version, title: `faultscope: ${name}, ${startedAt}`, heading }, assets, sections);
}

/** All before the first section. The two elements of ours are the only ones whose content is not escaped: it is our own. */
export function pageTop({ version, title, heading }: PageTop, assets: PageAssets, sections: readonly Section[]): Html {
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="faultscope ${version}">
<title>${title}</title>
<style>${new Html(assets.style)}</style></head>
<body><a class="skip" href="#main">Skip to the verdict</a>
<header><div class="title">${heading}</div>
<button type="button" class="theme" hidden aria-label="Light or dark">Dark</button></header>
<nav aria-label="Parts of this page"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
`;
}

export function pageFoot(assets: PageAssets, data: Html): Html {
  return html`</main>
<footer><p>Written by faultscope; this file needs no network and sends nothing.</p></footer>
${data}
<script>${new Html(assets.script)}</script></body></html>
`;
}

/** "2024-01-29 23:59:59"; "-" where it is no date. */
export function startText(atMs: number, between = ' '): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(0, 19).replace('T', between);
}
