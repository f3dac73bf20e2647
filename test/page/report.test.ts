import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openFile, openServed } from './browser.js';
import { everythingPage, hostilePage } from './pages.js';

const page = everythingPage();
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('opened from a file it asks for nothing and the console stays empty, also when all of it is used', async () => {
  const opened = await openFile(browser, page);
  await useAll(opened.page);
  expect(opened.said).toEqual([]);
  expect(opened.asked).toEqual([]);
  await opened.close();
});

test('nor does a server that allows its two hashes and nothing else make the console say anything', async () => {
  const opened = await openServed(browser, page);
  await useAll(opened.page);
  expect(opened.said).toEqual([]);
  expect(opened.asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([]);
  await opened.close();
});

async function useAll(shown: Page): Promise<void> {
  await shown.getByRole('button', { name: 'Show the page in dark colours' }).click();
  for (const details of await shown.locator('summary').all()) await details.click();
  await shown.getByRole('button', { name: 'Zoom in, threads' }).click();
  await shown.locator('.lane').first().hover();
  await shown.locator('[data-flame-search]').first().fill('lookup');
  await shown.locator('th button').first().click();
}

test('whatever is named to do harm is text, and breaks no line of the page', async () => {
  for (const width of [360, 1600]) {
    const opened = await openFile(browser, hostilePage(), { viewport: { width, height: 900 } });
    expect(await opened.page.evaluate(() => 'hit' in globalThis)).toBe(false);
    expect(await opened.page.locator('img, iframe, object').count()).toBe(0);
    expect(await tooWide(opened.page)).toEqual([]);
    expect(opened.said).toEqual([]);
    await opened.close();
  }
});

test('nothing is wider than a phone of 360 pixels, nor than a screen of 1600, folded or not', async () => {
  for (const width of [360, 1600]) {
    const opened = await openFile(browser, page, { viewport: { width, height: 900 } });
    await opened.page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await tooWide(opened.page)).toEqual([]);
    await opened.close();
  }
});

/** What reaches beyond the window and does not scroll by itself. */
function tooWide(shown: Page): Promise<string[]> {
  return shown.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((element) => element.closest('.scroll, .skip') === null && element.parentElement?.closest('svg') === null)
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .concat(document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : [])
      .map((element) => `${element.tagName} ${element.getAttribute('class')}`),
  );
}

test.each([
  { where: 'in light', look: { colorScheme: 'light' as const } },
  { where: 'in dark', look: { colorScheme: 'dark' as const } },
  { where: 'on a phone', look: { viewport: { width: 360, height: 800 } } },
])('nobody is kept out: axe finds no fault with it $where', { timeout: 180_000 }, async ({ look }) => {
  const opened = await openFile(browser, page, { ...look, bypassCSP: true });
  await opened.page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  await opened.page.addScriptTag({ content: axe.source });
  const violations = await opened.page.evaluate(async () => {
    const results: { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] } =
      await Reflect.get(globalThis, 'axe').run({ resultTypes: ['violations'] });
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ''}`);
  });
  expect(violations).toEqual([]);
  await opened.close();
});

test('it is dark where the system is, light where it is not, and the other at the press of a button', async () => {
  const background = (shown: Page) => shown.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  for (const colorScheme of ['light', 'dark'] as const) {
    const opened = await openFile(browser, page, { colorScheme });
    const [own, other] = colorScheme === 'light' ? [LIGHT, DARK] : [DARK, LIGHT];
    expect(await background(opened.page)).toBe(own);
    await opened.page.locator('button.theme').click();
    expect(await background(opened.page)).toBe(other);
    await opened.close();
  }
});

const LIGHT = 'rgb(255, 255, 255)';
const DARK = 'rgb(20, 23, 28)';

test('on paper it is light, has no controls, and everything is unfolded', async () => {
  const opened = await openFile(browser, page, { colorScheme: 'dark' });
  await opened.page.emulateMedia({ media: 'print' });
  expect(await opened.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
  for (const part of ['nav', '.controls', 'button.theme']) {
    expect(await opened.page.locator(part).first().isVisible()).toBe(false);
  }
  const assumptions = opened.page.getByText('The goroutines that fault go on doing what they did.');
  expect(await assumptions.isVisible()).toBe(true);
  const pdf = await opened.page.pdf();
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await opened.close();
});

test('without a script all of it can be read, and nothing is offered that would do nothing', async () => {
  const opened = await openFile(browser, page, { javaScriptEnabled: false });
  expect(await opened.page.locator('.lane svg').first().isVisible()).toBe(true);
  expect(await opened.page.locator('svg.flame').first().isVisible()).toBe(true);
  expect(await opened.page.locator('button:visible').count()).toBe(0);
  await opened.close();
});
