/** What a model writes is read while it writes; a provider of the tests' own says when the next words come. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startModelServer, type ModelServer } from '../harness/model-server.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser } from './browser.ts';
import type { Browser } from 'playwright-core';

let model: ModelServer;
let product: Product;
let browser: Browser;
beforeAll(async () => {
  model = await startModelServer();
  [product, browser] = await Promise.all([startProduct(model.settings()), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
  await model.stop();
});

const words = Array.from({ length: 60 }, (_, index) => `word ${index + 1} `);
words[5] = '<img src=x onerror="window.stolen=1"> ';
const whole = words.join('');

test('the text of a model is on the page as it is written, whole, and as text; with the end of the step it goes', async () => {
  model.answerBy(({ said }) => {
    if (said.includes('Name what the user wants')) return { json: { intent: 'explain' } };
    if (said.includes('Split what the user wants')) return { json: { steps: ['Why is the sky blue?'] } };
    return { text: whole, chunks: words, everyMs: 120 };
  });
  const id = 'streamed-to-a-browser';
  await product.api.post('/v1/runs', {
    id,
    blueprint: 'request-rooms',
    input: { userQuery: 'Why is the sky blue?' },
    hold: true,
  });
  const { page, faults, goTo, leave } = await newPerson(browser, product.url);
  await goTo(`/runs/${id}`);
  await page.getByText('on hold', { exact: true }).first().waitFor();
  await product.api.post(`/v1/runs/${id}/begin`);
  const writes = page.getByRole('region', { name: /^What executor-agent#1 writes$/ });
  const seen: string[] = [];
  await expect
    .poll(
      async () => {
        const text = await writes.textContent();
        if (text !== null && text !== seen.at(-1)) seen.push(text);
        return text?.length ?? 0;
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBeGreaterThan(whole.length / 2);
  // It grew in steps, and each was the beginning of what is written.
  expect(seen.length).toBeGreaterThan(3);
  for (const text of seen) expect(whole.startsWith(text), text).toBe(true);
  expect(await page.evaluate('window.stolen')).toBeUndefined();
  await expectAccessible(page);
  await keepScreenshot(page, 'run-streamed-text');
  await writes.waitFor({ state: 'detached' });
  await page.getByText('completed', { exact: true }).first().waitFor();
  const { body } = await product.api.get(`/v1/runs/${id}`);
  expect(JSON.stringify(body['result'])).toContain('word 60');
  expect(faults).toEqual([]);
  await leave();
});
