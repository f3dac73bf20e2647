import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** As Debian installs it; nothing that talks to anybody. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that was opened, with all that it said, failed at, and asked for beside itself. */
export interface Opened {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Opens the page as the file that somebody saved. */
export async function openFile(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-page-'));
  const path = join(directory, 'report.html');
  writeFileSync(path, html);
  const opened = await open(browser, `file://${path}`, options);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Opens the page from a server that allows no more than these two hashes, as strict ones do. */
export async function openServed(browser: Browser, html: string): Promise<Opened> {
  const [script, style] = [/script-src ('sha256-[^']+')/, /style-src ('sha256-[^']+')/].map(
    (hash) => hash.exec(html.replaceAll('&#39;', "'"))?.[1],
  );
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', `default-src 'none'; script-src ${script}; style-src ${style}`);
    response.end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const opened = await open(browser, `http://127.0.0.1:${address.port}/`, {});
  return {
    ...opened,
    close: async () => {
      await opened.close();
      server.close();
    },
  };
}

async function open(browser: Browser, url: string, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) asked.push(request.url());
  });
  await page.goto(url);
  return { page, said, asked, close: () => context.close() };
}
