/** A client's story: choose what to start, fill the form, be told what is wrong, start, watch it live to the end. */
import { Buffer } from 'node:buffer';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser, phone, type Page } from './browser.ts';

let product: Product;
let browser: Browser;
let site: Site;
beforeAll(async () => {
  [product, browser, site] = await Promise.all([
    startProduct({ CRAWL_ALLOW_PRIVATE: '1' }),
    openBrowser(),
    startSite({ pages: 20, delayMs: 20 }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
  await site.stop();
});

test('a crawl is started from its form, which tells what is wrong beside the field, and followed to its end', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url);
  await goTo('/');
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await expect.poll(() => page.getByRole('heading', { name: 'For operations' }).count()).toBe(1);
  await expectAccessible(page);
  await keepScreenshot(page, 'start');
  await page.getByRole('link', { name: 'crawl', exact: true }).click();
  // The example stands in it.
  const url = page.getByRole('textbox', { name: 'url' });
  await expect.poll(() => url.inputValue()).toBe('https://example.com/');
  await url.fill('not an address');
  await page.getByRole('textbox', { name: 'maxPages' }).fill('many');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  // The first one has the focus, and says what it is described by.
  await expect.poll(() => page.locator(':focus').inputValue()).toBe('not an address');
  expect(await describedBy(page, url)).toContain('must be a whole address');
  await page.getByText('2 things are to be corrected').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'start-form');
  await url.fill(site.url);
  await page.getByRole('textbox', { name: 'maxPages' }).fill('50');
  await page.getByRole('button', { name: 'Add to tags' }).click();
  await page.getByRole('textbox', { name: 'tags-1' }).fill('e2e');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/runs\/crawl-/);
  await page.getByText('completed', { exact: true }).first().waitFor();
  const run = decodeURIComponent(new URL(page.url()).pathname.split('/')[2] ?? '');
  const { body } = await product.api.get(`/v1/runs/${run}`);
  expect(body['input']).toMatchObject({ url: site.url, maxPages: 50, tags: ['e2e'] });
  expect(faults).toEqual([]);
  await leave();
});

test('JSON and fields are one value; a fault in the text is told with its place, and survives a reload', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { viewport: phone, theme: 'dark' });
  await goTo(`/start/scam-analysis?input=${encodeURIComponent('{"text":"from the address"}')}`);
  const text = page.getByRole('textbox', { name: 'text' });
  await expect.poll(() => text.inputValue()).toBe('from the address');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Take text from a file' }).click();
  await (await chooser).setFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('from a file') });
  await expect.poll(() => text.inputValue()).toBe('from a file');
  await page.getByRole('radio', { name: 'JSON' }).click();
  const json = page.getByRole('textbox', { name: 'Input, as JSON' });
  expect(JSON.parse(await json.inputValue())).toEqual({ text: 'from a file' });
  await json.fill('{\n  "text": "by hand",\n}');
  await page.getByText('Line 3, column 1: a comma too many.').waitFor();
  await expectAccessible(page);
  await page.reload();
  await expect.poll(() => json.inputValue()).toBe('{\n  "text": "by hand",\n}');
  await json.fill('{"text": "by hand"}');
  await page.getByRole('radio', { name: 'Fields' }).click();
  await expect.poll(() => text.inputValue()).toBe('by hand');
  await expectAccessible(page);
  // No page is wider than the phone.
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(phone.width);
  expect(faults).toEqual([]);
  await leave();
});

test('an id of one’s own that is taken is told beside it, and a run on hold waits', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url);
  await product.api.post('/v1/runs', { id: 'taken', blueprint: 'relay', input: {}, hold: true });
  await goTo('/start/relay');
  await page.getByText('Options').click();
  const id = page.getByRole('textbox', { name: 'Id of the run' });
  await id.fill('taken');
  await page.getByRole('textbox', { name: 'title' }).fill('another');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(() => describedBy(page, id)).toContain('taken');
  expect(await id.getAttribute('aria-invalid')).toBe('true');
  await id.fill('mine');
  await page.getByLabel('On hold').check();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/runs\/mine/);
  await page.getByText('on hold', { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await leave();
});

/** What the page says of a field beside its name. */
async function describedBy(page: Page, field: Locator): Promise<string> {
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).allTextContents()));
  return texts.flat().join(' ');
}
