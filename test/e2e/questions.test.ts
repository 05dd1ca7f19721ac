/** People who answer: two at the same question, a worker that is away, and somebody without a mouse. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSite, type Site } from '../fixtures/site.ts';
import { Api } from '../harness/gateway.ts';
import { startProduct, type Product } from '../harness/product.ts';
import { expectAccessible, keepScreenshot, newPerson, openBrowser, phone, type Page } from './browser.ts';

let product: Product;
let browser: Browser;
let site: Site;
let ben: Api;
beforeAll(async () => {
  const settings = { CRAWL_ALLOW_PRIVATE: '1', AUTH_TOKEN: 'anna:client+human:secret-a,ben:ops:secret-b' };
  [product, browser, site] = await Promise.all([
    startProduct(settings, { token: 'secret-a', args: ['--split'] }),
    openBrowser(),
    startSite({ pages: 20 }),
  ]);
  ben = new Api(product.url, 'secret-b');
});
afterAll(async () => {
  await browser.close();
  await product.stop();
  await site.stop();
});

/** A crawl of anna's that asks whether it may go on; the place of its question in the inbox. */
async function askedCrawl(id: string): Promise<string> {
  const begun = await product.api.post('/v1/runs', { id, blueprint: 'crawl', input: { url: site.url, maxPages: 3 } });
  expect(begun.status, JSON.stringify(begun.body)).toBe(201);
  const events = await product.api.eventsUntil(id, ({ type }) => type === 'question.asked');
  const question = events.at(-1)?.data['question'] as { id: string };
  return `${id}/${question.id}`;
}

const choice = (page: Page, name: RegExp) => page.getByRole('button', { name });

test('two people who have a question open see each other, and when one answers the other is told by whom', async () => {
  const anna = await newPerson(browser, product.url, { token: 'secret-a' });
  const other = await newPerson(browser, product.url, { token: 'secret-b', viewport: phone, theme: 'dark' });
  const place = await askedCrawl('shared');
  await anna.page.getByRole('link', { name: 'Questions 1 open' }).click();
  await expect.poll(() => anna.page.title()).toBe('(1) Questions · Baton');
  await anna.page.locator(`[data-question="${place}"]`).click();
  await other.goTo(`/questions?question=${place}`);
  await anna.page.getByText('ben has this open, too').waitFor();
  await other.page.getByText('anna has this open, too').waitFor();
  await expectAccessible(anna.page);
  await expectAccessible(other.page);
  await keepScreenshot(anna.page, 'questions');
  // The context stands beside it, and the time is told.
  await anna.page.getByRole('region', { name: 'Context' }).getByText('highestMaxPages').waitFor();
  await anna.page.getByRole('timer').first().waitFor();
  await choice(other.page, /Finish with/).click();
  await other.page.getByText('Your answer is accepted.').waitFor();
  await anna.page.getByText('It is answered.').waitFor();
  await anna.page.getByRole('listitem').filter({ hasText: 'ben' }).getByText('continue').waitFor();
  await expect.poll(() => anna.page.title()).toBe('Questions · Baton');
  await anna.page.getByText('ben has this open, too').waitFor({ state: 'detached' });
  await expectAccessible(anna.page);
  expect([...anna.faults, ...other.faults]).toEqual([]);
  await anna.leave();
  await other.leave();
});

test('whoever is a moment later is told who was faster', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-a' });
  const place = await askedCrawl('answered-twice');
  await goTo(`/questions?question=${place}`);
  // Ben's answer gets there while anna's is on its way.
  await page.route('**/answer', async (route) => {
    const answered = await ben.post(`/v1/runs/answered-twice/questions/${place.split('/')[1]}/answer`, {
      answer: { continue: false },
    });
    expect(answered.status).toBe(200);
    await route.continue();
  });
  await choice(page, /Go on with all/).click();
  // By then the run may have ended with it.
  await page.getByText(/\((question_closed|run_ended)\)/).waitFor();
  await page.getByText('It is answered.').waitFor();
  await page.getByRole('listitem').getByText('ben', { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('what is wrong is told beside its field, and what was typed survives a reload', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-a' });
  const place = await askedCrawl('typed');
  await goTo(`/questions?question=${place}`);
  const field = page.getByRole('textbox', { name: 'maxPages' });
  await field.fill('0');
  await choice(page, /Go on with all/).click();
  await page.getByText('must be at least 1').first().waitFor();
  await field.fill('6');
  await page.reload();
  await expect.poll(() => field.inputValue()).toBe('6');
  await choice(page, /Go on with all/).click();
  await page.getByText('Your answer is accepted.').waitFor();
  const events = await product.api.eventsUntil('typed', ({ type }) => type === 'question.answered');
  expect(events.at(-1)?.data).toMatchObject({ by: 'anna', answer: { continue: true, maxPages: 6 } });
  expect(faults).toEqual([]);
  await leave();
});

test('an answer is recorded while the worker is away, and then taken', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-a' });
  const place = await askedCrawl('away');
  await goTo(`/questions?question=${place}`);
  await choice(page, /Finish with/).waitFor();
  const worker = product.launched.pidOf('worker');
  process.kill(worker, 'SIGSTOP');
  try {
    await choice(page, /Finish with/).click();
    await page.getByText('Your answer is recorded.').waitFor();
  } finally {
    process.kill(worker, 'SIGCONT');
  }
  await page.getByText('Your answer is accepted.').waitFor();
  await page.getByText('It is answered.').waitFor();
  expect(faults).toEqual([]);
  await leave();
});

test('all of it goes without a mouse', async () => {
  const { page, faults, goTo, leave } = await newPerson(browser, product.url, { token: 'secret-a' });
  await askedCrawl('keys');
  await goTo('/runs');
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  // Of a story that ended badly there may be another one.
  await page.locator('[data-question^="keys/"]').waitFor();
  await page.keyboard.press('k');
  await choice(page, /Finish with/).waitFor();
  await page.keyboard.press('2');
  await expect.poll(() => page.locator(':focus').textContent()).toContain('Finish with');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your answer is accepted.').waitFor();
  const events = await product.api.eventsToEnd('keys');
  expect(events.filter(({ type }) => type === 'question.answered' || type === 'question.answer_refused')).toHaveLength(
    1,
  );
  expect(faults).toEqual([]);
  await leave();
});
