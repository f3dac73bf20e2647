import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, type Opened, openFile } from './browser.js';
import { everythingPage } from './pages.js';

const html = everythingPage();
let browser: Browser;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  opened = await openFile(browser, html);
  page = opened.page;
});
afterEach(() => opened.close());

const chart = (name: string): Locator => page.locator(`[data-chart="${name}"]`);
const WHOLE = [0, 10_000];

/** Which part of the session every chart shows: they must all show the same. */
async function shown(): Promise<[from: number, length: number]> {
  const boxes = await page
    .locator('svg[data-time]')
    .evaluateAll((charts) => charts.map((one) => one.getAttribute('viewBox')));
  const parts = new Set(
    boxes.map((box) =>
      box
        ?.split(' ')
        .filter((_, at) => at % 2 === 0)
        .join(' '),
    ),
  );
  expect(parts.size).toBe(1);
  const [from = Number.NaN, length = Number.NaN] = [...parts][0]?.split(' ').map(Number) ?? [];
  return [from, length];
}

test('Tab comes to the lanes; up and down zoom, left and right pan, Home shows the whole session again', async () => {
  await page.getByRole('button', { name: 'Reset, threads' }).focus();
  await page.keyboard.press('Tab');
  expect(await chart('threads').evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const [from, length] = await shown();
  expect(length).toBeCloseTo(3600);
  await page.keyboard.press('ArrowRight');
  expect((await shown())[0]).toBeGreaterThan(from);
  await page.keyboard.press('ArrowLeft');
  expect((await shown())[0]).toBeCloseTo(from);
  await page.keyboard.press('ArrowDown');
  expect((await shown())[1]).toBeCloseTo(6000);
  await page.keyboard.press('Home');
  expect(await shown()).toEqual(WHOLE);
});

test('the buttons do the same, and say which part is shown', async () => {
  await page.getByRole('button', { name: 'Zoom in, stall over time' }).click();
  expect((await shown())[1]).toBeCloseTo(6000);
  expect(await page.locator('output.span').first().textContent()).toBe('00:00 to 00:03');
  await page.getByRole('button', { name: 'Earlier, stall over time' }).click();
  expect((await shown())[0]).toBeCloseTo(500);
  await page.getByRole('button', { name: 'Reset, stall over time' }).click();
  expect(await shown()).toEqual(WHOLE);
});

test('the wheel scrolls past a chart, and zooms one that was clicked on, about the pointer', async () => {
  const box = await chart('threads').locator('.lane svg').first().boundingBox();
  if (box === null) throw new Error('no lane');
  await page.mouse.move(box.x + box.width / 4, box.y + 5);
  await page.mouse.wheel(0, -100);
  expect(await shown()).toEqual(WHOLE);
  await chart('threads').focus();
  const place = await chart('threads').locator('.lane svg').first().boundingBox();
  if (place === null) throw new Error('no lane');
  await page.mouse.move(place.x + place.width / 4, place.y + 5);
  await page.mouse.wheel(0, -100);
  await expect.poll(shown).not.toEqual(WHOLE);
  const [from, length] = await shown();
  expect((2500 - from) / length).toBeCloseTo(0.25, 1);
});

test('what is zoomed into is moved by dragging', async () => {
  await page.getByRole('button', { name: 'Zoom in, threads' }).click();
  const [before] = await shown();
  const box = await chart('threads').locator('.lane svg').first().boundingBox();
  if (box === null) throw new Error('no lane');
  await page.mouse.move(box.x + box.width / 2, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 5, { steps: 4 });
  await page.mouse.up();
  expect((await shown())[0]).toBeGreaterThan(before + 1000);
});

test('the pointer and Shift with arrows have told what a thread did at that time', async () => {
  const readout = page.locator('[data-readout="threads"]');
  const lane = chart('threads').locator('.lane').first();
  await lane.locator('svg').hover();
  expect(await readout.textContent()).toMatch(/^00:0\d to 00:0\d: mmap \d+: .*fault \d+%/);
  await chart('threads').focus();
  await page.keyboard.press('Shift+ArrowDown');
  expect(await readout.textContent()).not.toContain(': mmap ');
  expect(await readout.getAttribute('aria-live')).toBe('polite');
});

test('a frame is zoomed into by click and by keys, and Escape leads back to the one around it', async () => {
  const frames = page.locator('#fault-flames-graph > svg');
  const all = frames.first();
  await frames.nth(1).click();
  expect(await frames.nth(1).getAttribute('width')).toBe('100%');
  expect(await all.getAttribute('class')).toContain('around');
  await page.locator('[data-flame-of="fault-flames-graph"] [data-flame-reset]').click();
  expect(await all.getAttribute('class')).not.toContain('around');
  await all.focus();
  await page.keyboard.press('ArrowDown');
  expect(await frames.nth(1).evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  expect(await all.getAttribute('class')).toContain('around');
  await page.keyboard.press('Escape');
  expect(await all.getAttribute('class')).not.toContain('around');
});

test('a search marks frames and says what share of all they are in', async () => {
  const controls = page.locator('[data-flame-of="fault-flames-graph"]');
  await controls.locator('[data-flame-search]').fill('LOOKUP');
  expect(await page.locator('#fault-flames-graph .found title').allTextContents()).toEqual([
    expect.stringContaining('main.(*Index).lookup'),
  ]);
  expect(await controls.locator('output').textContent()).toBe('matched 87.5% at least');
});

test('a table is sorted by the heading that is pressed, figures by their size', async () => {
  const table = page.locator('#threads table');
  const column = async (at: number): Promise<number[]> => {
    const cells = await table
      .locator(`tbody td:nth-child(${at})`)
      .evaluateAll((found) => found.map((cell) => cell.getAttribute('data-v')));
    return cells.map(Number);
  };
  await table.getByRole('button', { name: 'TID' }).click();
  const descending = await column(1);
  expect(descending).toEqual(descending.toSorted((a, b) => b - a));
  await table.getByRole('button', { name: 'TID' }).click();
  expect(await column(1)).toEqual(descending.toReversed());
  expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
});
