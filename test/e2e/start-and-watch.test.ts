/** A client's story: start from the form, watch it live to the end. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser } from './browser.ts';

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

test('a crawl is started from its form and followed to its end', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url);
  await goTo('/');
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await page.getByRole('link', { name: 'crawl', exact: true }).click();
  await expect.poll(() => page.getByRole('heading', { name: 'Start crawl' }).count()).toBe(1);
  await expectAccessible(page);
  await page.getByRole('textbox').fill(JSON.stringify({ url: site.url, maxDepth: 2 }));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('completed', { exact: true }).waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'run');
  expect(faults).toEqual([]);
  await leave();
});
